package lifetime

import (
	"os"
	"time"
)

// parentPollInterval bounds how long a plugin outlives its parent. Polling works on every Unix. A parent-death signal
// exists on Linux only, and is sent when the parent's thread ends, which a Go program does at any time.
const parentPollInterval = 500 * time.Millisecond

// ParentExit returns once the process that started this one is gone.
func ParentExit() {
	for parent := os.Getppid(); os.Getppid() == parent; {
		time.Sleep(parentPollInterval)
	}
}
