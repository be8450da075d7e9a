package loopback_test

import (
	"testing"

	"computeruse.io/sandbox/testbench/plugin-process/loopback"
)

func TestEngineAddressComesAfterTheFlags(t *testing.T) {
	for want, arguments := range map[string][]string{
		"127.0.0.1:1": {"127.0.0.1:1"},
		"127.0.0.1:2": {"--logtostderr", "-v=9", "127.0.0.1:2"},
		"127.0.0.1:3": {"--tracing", "http://127.0.0.1:9411", "127.0.0.1:3"},
	} {
		if got := loopback.EngineAddress(arguments); got != want {
			t.Errorf("%q gives %q", arguments, got)
		}
	}
	for _, arguments := range [][]string{nil, {"--logtostderr"}} {
		if got := loopback.EngineAddress(arguments); got != "" {
			t.Errorf("%q gives %q", arguments, got)
		}
	}
}
