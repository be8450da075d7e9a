// Package lifetime ends a plugin with the process that started it: an engine that is killed cannot say goodbye.
package lifetime

import (
	"os"
	"time"
)

// pollInterval bounds how long a plugin outlives its parent. Polling works on every Unix; a parent-death signal is
// Linux only and comes when the parent's *thread* ends, which in a Go program says nothing.
const pollInterval = 500 * time.Millisecond

// OnParentExit calls end once the process that started this one is gone. It returns at once.
func OnParentExit(end func()) {
	parent := os.Getppid()
	go func() {
		for os.Getppid() == parent {
			time.Sleep(pollInterval)
		}
		end()
	}()
}
