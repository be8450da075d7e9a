package main_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"golang.org/x/sys/unix"
	"google.golang.org/protobuf/types/known/emptypb"

	"computeruse.io/sandbox/testbench/aws-plugin/ahead"
	"computeruse.io/sandbox/testbench/plugin-process/loopback"
)

// startAhead starts a plugin that waits, through a wrapper if there is one, and returns it with the socket and the
// provider that it started.
func startAhead(t *testing.T, wrapper ...string) (command *exec.Cmd, socket string, providerPID int) {
	t.Helper()
	folder, err := os.MkdirTemp("", "ahead") // short: a socket's path has 104 characters at most
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	socket = filepath.Join(folder, "socket")
	file := filepath.Join(folder, "provider-pid")
	arguments := append(wrapper, executable, "--ahead", socket)
	command = exec.Command(arguments[0], arguments[1:]...)
	command.Env = append(os.Environ(), asBridge+"="+file, "TF_BRIDGE_PLUGIN="+os.Args[0], "TF_AWS_PROVIDER="+provider(t))
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(unix.SIGTERM)
		_ = command.Wait() // tests that end it have waited
	})
	for deadline := time.Now().Add(time.Minute); providerPID == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it starts no provider")
		}
		pid, _ := os.ReadFile(file)
		providerPID, _ = strconv.Atoi(string(pid))
	}
	t.Cleanup(func() { _ = unix.Kill(providerPID, unix.SIGKILL) })
	return command, socket, providerPID
}

// startForEngine starts a plugin as an engine does and returns it with the port that it prints. It starts no provider
// unless nobody waits on the socket: it knows none.
func startForEngine(t *testing.T, socket string) (*exec.Cmd, string) {
	t.Helper()
	command := exec.Command(executable, "127.0.0.1:9")
	command.Env = []string{ahead.Socket + "=" + socket, "HOME=" + t.TempDir(), "PATH=", "TF_BRIDGE_PLUGIN=/none", "TF_AWS_PROVIDER=/none"}
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil && err != io.EOF {
		t.Fatal(err)
	}
	return command, strings.TrimSpace(line)
}

// mustEnd waits for a process that is about to end by itself, and returns how it did.
func mustEnd(t *testing.T, command *exec.Cmd) error {
	t.Helper()
	giveUp := time.AfterFunc(time.Minute, func() {
		t.Errorf("%s does not end", command)
		_ = command.Process.Kill()
	})
	defer giveUp.Stop()
	return command.Wait()
}

func TestPluginThatWaitsServesTheFirstEngineAndNoOther(t *testing.T) {
	_, socket, _ := startAhead(t)
	_, text := startForEngine(t, socket)
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("the port is %q", text)
	}
	connection, err := loopback.Dial(loopback.Address(port))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if _, err := pulumirpc.NewResourceProviderClient(connection).GetPluginInfo(t.Context(), &emptypb.Empty{}); err != nil {
		t.Error(err)
	}
	if second, port := startForEngine(t, socket); port != "" || mustEnd(t, second) == nil {
		t.Errorf("a second engine is served on port %q", port)
	}
}

func TestPluginThatWaitsEndsWithTheOneThatTookItOver(t *testing.T) {
	waiting, socket, provider := startAhead(t)
	taker, _ := startForEngine(t, socket)
	if err := taker.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = taker.Wait() // it was killed
	if err := mustEnd(t, waiting); err != nil {
		t.Error(err)
	}
	plugin{providerPID: provider}.providerMustEnd(t)
}

func TestPluginEndsWithTheOneThatItTookOver(t *testing.T) {
	waiting, socket, provider := startAhead(t)
	taker, _ := startForEngine(t, socket)
	if err := waiting.Process.Signal(unix.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := mustEnd(t, waiting); err != nil {
		t.Error(err)
	}
	if err := mustEnd(t, taker); err != nil {
		t.Error(err)
	}
	plugin{providerPID: provider}.providerMustEnd(t)
}

func TestPluginThatWaitsEndsWithItsStarterOnlyBeforeItIsTakenOver(t *testing.T) {
	starter, _, provider := startAhead(t, "sh", "-c", `"$@"; exit`, "launcher") // a shell that stays, as the parent
	_ = starter.Process.Kill()
	_ = starter.Wait() // it was killed
	plugin{providerPID: provider}.providerMustEnd(t)

	starter, socket, provider := startAhead(t, "sh", "-c", `"$@"; exit`, "launcher")
	taker, _ := startForEngine(t, socket)
	_ = starter.Process.Kill()
	_ = starter.Wait()
	time.Sleep(1200 * time.Millisecond) // it looks for its parent twice a second
	if err := unix.Kill(provider, 0); err != nil {
		t.Errorf("an engine at work loses its provider: %v", err)
	}
	_ = taker.Process.Kill()
	_ = taker.Wait()
	plugin{providerPID: provider}.providerMustEnd(t)
}

func TestPluginThatCannotWaitLeavesTheWorkToTheEngines(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	waiting := exec.Command(executable, "--ahead", socket)
	waiting.Env = []string{"TF_BRIDGE_PLUGIN=/none", "TF_AWS_PROVIDER=x"}
	if output, err := waiting.CombinedOutput(); err == nil || !strings.Contains(string(output), "/none") {
		t.Errorf("without a bridge: %q, %v", output, err)
	}
	t.Setenv(ahead.Socket, socket)
	p := start(t)
	if _, err := strconv.Atoi(p.port); err != nil {
		t.Errorf("it prints %q", p.port)
	}
	_ = p.Process.Signal(unix.SIGTERM)
	_ = p.Wait()
}
