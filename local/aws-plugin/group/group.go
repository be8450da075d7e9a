// Package group makes this process and those that it starts end together. Terraform providers ignore interrupts and
// outlive the bridge that started them, so it takes more than ending one's own child.
package group

import (
	"fmt"
	"os"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"
)

// patience is how long the others may take to end before they are killed.
const patience = 5 * time.Second

// Lead makes this process the leader of a process group of its own. Call it before starting anything.
func Lead() error {
	if unix.Getpgrp() != os.Getpid() {
		if err := unix.Setpgid(0, 0); err != nil {
			return fmt.Errorf("cannot lead a process group: %w", err)
		}
	}
	return adoptOrphans()
}

// End asks the group's other processes to end and returns when they have. If one does not within the patience, the
// whole group, this process included, is killed. A process that leads no group ends nobody: the group is its caller's.
func End() {
	if unix.Getpgrp() != os.Getpid() {
		return
	}
	time.AfterFunc(patience, func() { _ = unix.Kill(0, unix.SIGKILL) })
	signal.Ignore(unix.SIGTERM)
	_ = unix.Kill(0, unix.SIGTERM)
	waitForOthers()
}
