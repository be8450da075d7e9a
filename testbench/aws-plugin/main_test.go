package main_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
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

	"computeruse.io/sandbox/testbench/aws-plugin/proxy"
	"computeruse.io/sandbox/testbench/plugin-process/loopback"
)

// asBridge makes this test's executable play the Terraform bridge, instead of running tests. Its value is a file to
// which the bridge writes the process ID of its provider.
const asBridge = "AWS_PLUGIN_TEST_BRIDGE"

var executable string

func TestMain(m *testing.M) {
	if file := os.Getenv(asBridge); file != "" {
		playBridge(file)
	}
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	folder, err := os.MkdirTemp("", "aws-plugin")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	executable = filepath.Join(folder, "pulumi-resource-aws")
	if output, err := exec.Command("go", "build", "-o", executable, ".").CombinedOutput(); err != nil {
		panic(string(output))
	}
	return m.Run()
}

type bridge struct {
	pulumirpc.UnimplementedResourceProviderServer
	file string
}

// Parameterize starts a provider: the executable that it is given by name, which must be the AWS provider's.
func (b *bridge) Parameterize(_ context.Context, r *pulumirpc.ParameterizeRequest) (*pulumirpc.ParameterizeResponse, error) {
	path := r.GetArgs().GetArgs()[0]
	if filepath.Base(path) != "terraform-provider-aws" {
		return nil, fmt.Errorf("the provider's name is %s", path)
	}
	provider := exec.Command(path)
	if err := provider.Start(); err != nil {
		return nil, err
	}
	return &pulumirpc.ParameterizeResponse{}, os.WriteFile(b.file, []byte(strconv.Itoa(provider.Process.Pid)), 0o600)
}

func (b *bridge) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: "0.0.1"}, nil
}

func playBridge(file string) {
	server := loopback.NewServer()
	pulumirpc.RegisterResourceProviderServer(server, &bridge{file: file})
	port, err := loopback.Serve(server)
	if err != nil {
		panic(err)
	}
	fmt.Println(port)
	select {}
}

// provider is a program that runs until it is killed or asked to end, and ignores interrupts.
func provider(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "terraform-provider-aws_v5.100.0_x5")
	if err := os.WriteFile(path, []byte("#!/bin/sh\ntrap '' INT\nexec sleep 600\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

type plugin struct {
	*exec.Cmd
	port        string
	providerPID int
}

// start starts the plugin as the engine does; wrapper is a command that starts it in its turn.
func start(t *testing.T, wrapper ...string) plugin {
	t.Helper()
	file := filepath.Join(t.TempDir(), "provider-pid")
	arguments := append(wrapper, executable, "--tracing", "http://127.0.0.1:8", "127.0.0.1:9")
	p := plugin{Cmd: exec.Command(arguments[0], arguments[1:]...)}
	p.Env = append(os.Environ(), asBridge+"="+file, "TF_BRIDGE_PLUGIN="+os.Args[0], "TF_AWS_PROVIDER="+provider(t))
	p.Stderr = os.Stderr
	stdout, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("it prints no port: %v", err)
	}
	p.port = strings.TrimSpace(line)
	pid, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if p.providerPID, err = strconv.Atoi(string(pid)); err != nil {
		t.Fatal(err)
	}
	if err := unix.Kill(p.providerPID, 0); err != nil {
		t.Fatalf("the provider does not run: %v", err)
	}
	t.Cleanup(func() { _ = unix.Kill(p.providerPID, unix.SIGKILL) })
	return p
}

func (p plugin) providerMustEnd(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !errors.Is(unix.Kill(p.providerPID, 0), unix.ESRCH); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the provider, process %d, is still there", p.providerPID)
		}
	}
}

func TestPluginAnswersOnThePortThatItPrints(t *testing.T) {
	p := start(t)
	port, err := strconv.Atoi(p.port)
	if err != nil {
		t.Fatal(err)
	}
	connection, err := loopback.Dial(loopback.Address(port))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	info, err := pulumirpc.NewResourceProviderClient(connection).GetPluginInfo(t.Context(), &emptypb.Empty{})
	if err != nil || info.Version != proxy.SDKVersion {
		t.Errorf("it tells the version %v %v", info, err)
	}
	if err := p.Process.Signal(unix.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
}

func TestProviderEndsWithThePlugin(t *testing.T) {
	for _, signal := range []os.Signal{unix.SIGINT, unix.SIGTERM} {
		p := start(t)
		if err := p.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if err := p.Wait(); err != nil {
			t.Errorf("after %v: %v", signal, err)
		}
		p.providerMustEnd(t)
	}
}

func TestProviderEndsWithTheEngine(t *testing.T) {
	p := start(t, "sh", "-c", `"$@"; exit`, "engine") // a shell that stays, as the plugin's parent
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait() // it was killed
	p.providerMustEnd(t)
}

func TestFindProviderPrintsThePathAndNothingElse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "provider")
	answers := "#!/bin/sh\necho 'terraform-provider-aws@5.100.0 (abc)' >&2; exit 1\n"
	if err := os.WriteFile(path, []byte(answers), 0o755); err != nil {
		t.Fatal(err)
	}
	find := exec.Command(executable, "--find-provider")
	find.Env = append(os.Environ(), "TF_AWS_PROVIDER="+path)
	if output, err := find.Output(); err != nil || string(output) != path+"\n" {
		t.Errorf("it prints %q, %v", output, err)
	}
	find = exec.Command(executable, "--find-provider")
	find.Env = append(os.Environ(), "TF_AWS_PROVIDER="+path+"-none")
	if output, err := find.CombinedOutput(); err == nil || !strings.Contains(string(output), path+"-none") {
		t.Errorf("with no such file it prints %q, %v", output, err)
	}
}

func TestErrorNamesWhatIsMissing(t *testing.T) {
	for what, c := range map[string]struct {
		arguments   []string
		environment string
		want        string
	}{
		"the engine's address": {nil, "TF_BRIDGE_PLUGIN=x", "usage:"},
		"the bridge":           {[]string{"127.0.0.1:9"}, "TF_BRIDGE_PLUGIN=", "testbench/toolchain/bridge"},
	} {
		command := exec.Command(executable, c.arguments...)
		command.Env = []string{c.environment, "PATH=", "HOME=" + t.TempDir(), "TF_AWS_PROVIDER=x"}
		if output, err := command.CombinedOutput(); err == nil || !strings.Contains(string(output), c.want) {
			t.Errorf("without %s: %q, %v", what, output, err)
		}
	}
}

func TestBridgeThatDoesNotStartIsAnError(t *testing.T) {
	failing := filepath.Join(t.TempDir(), "bridge")
	if err := os.WriteFile(failing, []byte("#!/bin/sh\necho no port\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(executable, "127.0.0.1:9")
	command.Env = append(os.Environ(), "TF_BRIDGE_PLUGIN="+failing, "TF_AWS_PROVIDER="+provider(t))
	output, err := command.CombinedOutput()
	if err == nil || !strings.Contains(string(output), "no port") {
		t.Errorf("%v: %s", err, output)
	}
}
