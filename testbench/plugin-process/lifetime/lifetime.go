// Package lifetime makes a process end together with all processes that it started: on a signal, and when the process
// that it serves is gone, because a killed engine cannot announce its end. To end the direct child is not enough:
// Terraform providers ignore interrupts and outlive the bridge that started them.
package lifetime

import (
	"fmt"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// patience is how long the started processes may take to end before they are killed.
const patience = 5 * time.Second

// Begin makes this process the leader of a process group of its own, which ends on SIGTERM and on SIGINT. Call it
// before starting anything.
func Begin() error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, unix.SIGINT, unix.SIGTERM)
	if unix.Getpgrp() != os.Getpid() {
		if err := unix.Setpgid(0, 0); err != nil {
			return fmt.Errorf("cannot lead a process group: %w", err)
		}
	}
	if err := adoptOrphans(); err != nil {
		return err
	}
	begun.Store(true)
	go func() {
		<-signals
		End(0)
	}()
	return nil
}

// EndAfter ends this process, and all processes that it started, when wait returns.
func EndAfter(wait func()) {
	go func() {
		wait()
		End(0)
	}()
}

var (
	begun  atomic.Bool
	ending sync.Once
)

// End ends all processes that this one started, then this process, and does not return. If one of them does not end in
// time, the whole group is killed, this process included. Without Begin it ends this process only, because the group
// belongs to the caller.
func End(code int) {
	ending.Do(func() {
		if begun.Load() {
			endOthers()
		}
		os.Exit(code)
	})
	select {} // another goroutine is ending it
}

func endOthers() {
	time.AfterFunc(patience, func() { _ = unix.Kill(0, unix.SIGKILL) })
	signal.Ignore(unix.SIGTERM)
	_ = unix.Kill(0, unix.SIGTERM)
	waitForOthers()
}
