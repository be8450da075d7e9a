package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"computeruse.io/sandbox/testbench/docker-plugin/engine"
	"computeruse.io/sandbox/testbench/docker-plugin/image"
)

const (
	registry = "127.0.0.1:5000"
	ecr      = "123456789012.dkr.ecr.us-west-2.amazonaws.com/x:one"
	there    = "127.0.0.1:5000/x:one"
	pushed   = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

	podman = `case "$1" in
--version) echo podman version 4.3.1 ;;
push) echo ` + pushed + ` > "$5" ;;
esac
`
	docker = `case "$1" in
--version) echo Docker version 28.2.2, build e6534b4 ;;
push) echo "one: digest: ` + pushed + ` size: 527" ;;
esac
`
	failing = `case "$1" in
--version) echo podman version 4.3.1 ;;
build) seq 1 100; echo "exec format error" >&2; exit 1 ;;
push) echo "denied" >&2; exit 1 ;;
esac
`
)

// fake makes an engine's command that records its arguments, then does as a script says.
func fake(t *testing.T, script string) (calls func() string) {
	t.Helper()
	folder := t.TempDir()
	log, command := filepath.Join(folder, "calls"), filepath.Join(folder, "engine")
	content := "#!/bin/sh\necho \"DOCKER_BUILDKIT=$DOCKER_BUILDKIT $*\" >> '" + log + "'\n" + script
	if err := os.WriteFile(command, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv(engine.CommandVariable, command)
	t.Setenv(engine.RegistryVariable, registry)
	for _, name := range []string{engine.BaseVariable, "SSL_CERT_FILE", "DOCKER_BUILDKIT"} {
		t.Setenv(name, "")
	}
	return func() string {
		recorded, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		return string(recorded)
	}
}

func find(t *testing.T) *engine.Engine {
	t.Helper()
	found, err := engine.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func ignore(string) {}

func inputs() image.Inputs {
	return image.Inputs{Name: ecr, Build: image.Build{
		Context: "app", Dockerfile: "app/Other", Target: "final", Platform: "linux/arm64",
		Args: map[string]string{"B": "2 3", "A": "1"},
	}}
}

func wasCalled(t *testing.T, calls, want string) {
	t.Helper()
	if !strings.Contains(calls, want) {
		t.Errorf("the engine was called like this:\n%s\nand not like this:\n%s", calls, want)
	}
}

func TestEachEngineBuildsWhatTheProgramAsksFor(t *testing.T) {
	for script, first := range map[string]string{
		podman: "DOCKER_BUILDKIT= build --tag " + ecr + " --file app/Other --network host --target final ",
		docker: "DOCKER_BUILDKIT=1 build --tag " + ecr + " --file app/Other --network host --progress=plain --target final ",
	} {
		calls := fake(t, script)
		if err := find(t).Build(t.Context(), inputs(), ignore); err != nil {
			t.Error(err)
		}
		wasCalled(t, calls(), first+"--build-arg A=1 --build-arg B=2 3 -- app\n")
	}
}

func TestBaseAndCertificateAuthorityOfThisMachineReachTheBuild(t *testing.T) {
	calls := fake(t, podman)
	t.Setenv(engine.BaseVariable, "localhost/base:1")
	t.Setenv("SSL_CERT_FILE", "/etc/ca.pem")
	if err := find(t).Build(t.Context(), inputs(), ignore); err != nil {
		t.Error(err)
	}
	wasCalled(t, calls(), "--build-arg BASE_IMAGE=localhost/base:1 --secret id=ca,src=/etc/ca.pem --build-arg A=1")
}

func TestFailedBuildShowsTheTailOfItsOutput(t *testing.T) {
	fake(t, failing)
	var lines []string
	err := find(t).Build(t.Context(), inputs(), func(line string) { lines = append(lines, line) })
	if err == nil || !strings.HasSuffix(err.Error(), "\n99\n100\nexec format error") || strings.Contains(err.Error(), "\n50\n") {
		t.Errorf("the error is: %v", err)
	}
	if len(lines) != 101 {
		t.Errorf("%d lines of progress", len(lines))
	}
}

func TestPushGoesToTheLocalRegistryWhateverTheImagesOwn(t *testing.T) {
	for script, want := range map[string][]string{
		podman: {"push --tls-verify=false --compression-format=zstd --digestfile ", " " + ecr + " docker://" + there + "\n"},
		docker: {"tag " + ecr + " " + there + "\n", "push " + there + "\n"},
	} {
		calls := fake(t, script)
		if got, err := find(t).Push(t.Context(), ecr, ignore); err != nil || got != pushed {
			t.Errorf("Push gives %q %v", got, err)
		}
		for _, one := range want {
			wasCalled(t, calls(), one)
		}
	}
}

func TestNoRegistryOffThisMachineIsTaken(t *testing.T) {
	fake(t, podman)
	for _, remote := range []string{"registry.example.com", "10.0.0.1:5000", "0.0.0.0:5000", "[2001:db8::1]:5000", "no such host"} {
		t.Setenv(engine.RegistryVariable, remote)
		if _, err := engine.Find(t.Context()); err == nil || !strings.Contains(err.Error(), "not on this machine") {
			t.Errorf("%s: %v", remote, err)
		}
	}
}

func TestFailedPushIsAnError(t *testing.T) {
	fake(t, failing)
	if _, err := find(t).Push(t.Context(), ecr, ignore); err == nil || !strings.Contains(err.Error(), "denied") {
		t.Errorf("the error is: %v", err)
	}
	for _, silent := range []string{"podman", "Docker"} {
		fake(t, "[ \"$1\" != --version ] || echo "+silent+" version 1\n")
		if _, err := find(t).Push(t.Context(), ecr, ignore); err == nil {
			t.Errorf("a push of %s that tells no digest counts as one", silent)
		}
	}
}

func TestWhyThereIsNoEngineIsTold(t *testing.T) {
	fake(t, "echo 'permission denied: storage' >&2; exit 1\n")
	if _, err := engine.Find(t.Context()); err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("the error is: %v", err)
	}
	t.Setenv(engine.CommandVariable, "")
	if _, err := engine.Find(t.Context()); err == nil || !strings.Contains(err.Error(), engine.CommandVariable) {
		t.Errorf("the error is: %v", err)
	}
}

func TestOnlyAnotherProcessorIsForeign(t *testing.T) {
	for platform, want := range map[string]bool{"": false, image.Unknown: false, "linux/s390x": true} {
		if engine.IsForeign(platform) != want {
			t.Errorf("%q counts as foreign: %v", platform, !want)
		}
	}
}
