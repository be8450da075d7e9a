package lifetime

import (
	"os"
	"time"
)

// parentPollInterval bounds how long a plugin outlives its parent. Polling works on every Unix; a parent-death signal
// is Linux only and comes when the parent's *thread* ends, which in a Go program says nothing.
const parentPollInterval = 500 * time.Millisecond

// ParentExit returns once the process that started this one is gone.
func ParentExit() {
	for parent := os.Getppid(); os.Getppid() == parent; {
		time.Sleep(parentPollInterval)
	}
}
