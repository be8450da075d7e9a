package lifetime_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"computeruse.io/sandbox/testbench/plugin-process/lifetime"
)

// role makes this test's executable play one of the processes of a test, instead of running tests.
const role = "LIFETIME_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "":
		os.Exit(m.Run())
	case "starter":
		starter()
	default:
		plugin()
	}
}

// starter starts a plugin and waits, as an engine does.
func starter() {
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), role+"="+os.Getenv(shape))
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	if err := command.Run(); err != nil {
		panic(err)
	}
}

// shape says, to a starter, which plugin to start.
const shape = "LIFETIME_TEST_SHAPE"

// What a plugin starts: a shell that ignores interrupts, as Terraform providers do, and that leaves an orphan behind.
var shells = map[string]string{
	"willing": `trap '' INT; sleep 600 & echo $!; (sleep 600 & echo $!); echo $$; wait`,
	// This one ignores the request to end as well.
	"stubborn": `trap '' INT TERM; sleep 600 & echo $!; echo $$; echo -; wait`,
}

func plugin() {
	if err := lifetime.Begin(); err != nil {
		panic(err)
	}
	lifetime.EndAfter(lifetime.ParentExit)
	command := exec.Command("sh", "-c", shells[os.Getenv(role)])
	stdout, err := command.StdoutPipe()
	if err != nil {
		panic(err)
	}
	if err := command.Start(); err != nil {
		panic(err)
	}
	lines := bufio.NewScanner(stdout)
	pids := strconv.Itoa(os.Getpid())
	for range 3 {
		lines.Scan()
		pids += " " + lines.Text()
	}
	fmt.Println(pids)
	select {}
}

// start starts a process in a role and returns it with the IDs of a plugin and of all that this started.
func start(t *testing.T, environment ...string) (*exec.Cmd, []int) {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), environment...)
	command.Stderr = os.Stderr
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, field := range strings.Fields(line) {
		if pid, err := strconv.Atoi(field); err == nil {
			pids = append(pids, pid)
		}
	}
	if len(pids) < 3 {
		t.Fatalf("the plugin tells %q", line)
	}
	for _, pid := range pids {
		if err := unix.Kill(pid, 0); err != nil {
			t.Fatalf("process %d does not run: %v", pid, err)
		}
	}
	t.Cleanup(func() {
		for _, pid := range pids {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
	})
	return command, pids
}

// mustBeGone waits until none of the processes runs; one whose parent has not asked for its end has ended, too.
func mustBeGone(t *testing.T, pids []int) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for _, pid := range pids {
		for runs(pid) {
			if time.Now().After(deadline) {
				t.Fatalf("process %d of %v still runs", pid, pids)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}

func runs(pid int) bool {
	if errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
		return false
	}
	state, err := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	var absent *exec.ExitError
	if err != nil && !errors.As(err, &absent) {
		panic(err) // without ps nothing is known
	}
	return err == nil && !strings.HasPrefix(strings.TrimSpace(string(state)), "Z")
}

func TestSignalEndsAllStartedProcesses(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		command, pids := start(t, role+"=willing")
		if err := command.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if err := command.Wait(); err != nil {
			t.Errorf("after %v the plugin ends with %v", signal, err)
		}
		mustBeGone(t, pids)
	}
}

func TestDeathOfTheParentEndsAllStartedProcesses(t *testing.T) {
	command, pids := start(t, role+"=starter", shape+"=willing")
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait() // it was killed
	mustBeGone(t, pids)
}

func TestProcessThatIgnoresTheRequestIsKilled(t *testing.T) {
	command, pids := start(t, role+"=stubborn")
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait() // it may be killed with its group
	mustBeGone(t, pids)
}
