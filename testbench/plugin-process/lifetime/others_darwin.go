package lifetime

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	groupPollInterval = 20 * time.Millisecond
	zombie            = 5 // SZOMB of sys/proc.h: has ended, and its parent has not asked how
)

// adoptOrphans does nothing: macOS has no subreapers, so waitForOthers looks at the process group instead.
func adoptOrphans() error { return nil }

func waitForOthers() {
	for othersLive() {
		time.Sleep(groupPollInterval)
	}
}

func othersLive() bool {
	members, err := unix.SysctlKinfoProcSlice("kern.proc.pgrp", unix.Getpgrp())
	if err != nil {
		return true // unknown, so wait until the group is killed
	}
	for _, m := range members {
		if int(m.Proc.P_pid) != os.Getpid() && m.Proc.P_stat != zombie {
			return true
		}
	}
	return false
}
