// Package lifetime makes a process and all that it starts end together: with a signal, and with the process that
// it serves, since an engine that is killed cannot say goodbye. Ending one's own child is not enough: Terraform
// providers ignore interrupts and outlive the bridge that started them.
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

// patience is how long the processes that were started may take to end before they are killed.
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

// EndAfter ends this process, and all that it started, when wait returns.
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

// End ends this process after all that it started, and does not return. If one of them does not end within the
// patience, the whole group, this process included, is killed. Without Begin it ends this process only: the group is
// its caller's.
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
