package loopback

import "strings"

// EngineAddress is where the engine that started a plugin listens: the last argument, after flags for logs and tracing,
// which a plugin may leave alone. It is "" where there is none.
func EngineAddress(arguments []string) string {
	if len(arguments) == 0 {
		return ""
	}
	last := arguments[len(arguments)-1]
	if strings.HasPrefix(last, "-") {
		return ""
	}
	return last
}
