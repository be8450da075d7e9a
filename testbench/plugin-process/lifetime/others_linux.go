package lifetime

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// adoptOrphans makes this process the parent of a provider whose bridge has ended, so that it can wait for it.
func adoptOrphans() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("cannot adopt orphaned processes: %w", err)
	}
	return nil
}

func waitForOthers() {
	for {
		if _, err := unix.Wait4(-1, nil, 0, nil); err != nil && !errors.Is(err, unix.EINTR) {
			return // no child is left
		}
	}
}
