package daemon_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"computeruse.io/sandbox/testbench/docker-plugin/daemon"
	"computeruse.io/sandbox/testbench/docker-plugin/image"
)

const (
	id     = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	pushed = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

	withBuildKit = `case "$1" in
image) echo ` + id + ` ;;
push) echo "tag: digest: ` + pushed + ` size: 527" ;;
esac
`
	withoutBuildKit = `[ "$1" != buildx ] || exit 1
` + withBuildKit
	failing = `case "$1 $2" in
"buildx build") seq 1 100; echo "exec format error" >&2; exit 1 ;;
"push"*) echo "denied" >&2; exit 1 ;;
esac
`
)

// fake puts a docker command on PATH that records its arguments, then does as a script says.
func fake(t *testing.T, script string) (calls func() string) {
	t.Helper()
	folder := t.TempDir()
	log := filepath.Join(folder, "calls")
	content := "#!/bin/sh\necho \"DOCKER_BUILDKIT=$DOCKER_BUILDKIT $*\" >> '" + log + "'\n" + script
	if err := os.WriteFile(filepath.Join(folder, "docker"), []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("DOCKER_BUILDKIT", "")
	return func() string {
		recorded, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		return string(recorded)
	}
}

func find(t *testing.T) *daemon.Docker {
	t.Helper()
	docker, err := daemon.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return docker
}

func ignore(string) {}

func inputs() image.Inputs {
	return image.Inputs{Name: "127.0.0.1:5000/x:one", Build: image.Build{
		Context: "app", Dockerfile: "app/Other", Target: "final", Platform: "linux/arm64",
		Args: map[string]string{"B": "2 3", "A": "1"},
	}}
}

func TestBuildKitBuildsWhatTheProgramAsksFor(t *testing.T) {
	calls := fake(t, withBuildKit)
	got, err := find(t).Build(t.Context(), inputs(), ignore)
	if err != nil || got != id {
		t.Errorf("Build gives %q %v", got, err)
	}
	want := "buildx build --load --progress=plain --tag 127.0.0.1:5000/x:one --file app/Other --target final " +
		"--platform linux/arm64 --build-arg A=1 --build-arg B=2 3 -- app\n"
	if !strings.Contains(calls(), want) {
		t.Errorf("docker was called like this:\n%s", calls())
	}
}

func TestClassicBuilderBuildsWhereBuildKitIsMissingOrNotWanted(t *testing.T) {
	classic := inputs()
	classic.Build.Classic = true
	for script, in := range map[string]image.Inputs{withoutBuildKit: inputs(), withBuildKit: classic} {
		calls := fake(t, script)
		if got, err := find(t).Build(t.Context(), in, ignore); err != nil || got != id {
			t.Errorf("Build gives %q %v", got, err)
		}
		if !strings.Contains(calls(), "DOCKER_BUILDKIT=0 build --force-rm --tag 127.0.0.1:5000/x:one ") {
			t.Errorf("docker was called like this:\n%s", calls())
		}
	}
}

func TestFailedBuildShowsTheTailOfItsOutput(t *testing.T) {
	fake(t, failing)
	var lines []string
	_, err := find(t).Build(t.Context(), inputs(), func(line string) { lines = append(lines, line) })
	if err == nil || !strings.HasSuffix(err.Error(), "\n99\n100\nexec format error") || strings.Contains(err.Error(), "\n50\n") {
		t.Errorf("the error is: %v", err)
	}
	if len(lines) != 101 {
		t.Errorf("%d lines of progress", len(lines))
	}
}

func TestPushGoesToLoopbackOnly(t *testing.T) {
	calls := fake(t, withBuildKit)
	docker := find(t)
	for _, local := range []string{"127.0.0.1:5000/x:one", "localhost:5000/x:one", "[::1]:5000/x:one", "127.9.9.9/x:one"} {
		if got, err := docker.Push(t.Context(), local, ignore); err != nil || got != pushed {
			t.Errorf("pushing %s gives %q %v", local, got, err)
		}
	}
	before := calls()
	for _, remote := range []string{
		"123456789012.dkr.ecr.us-west-2.amazonaws.com/x:one", "x:one", "localhost.example.com/x:one", "127.0.0.1.example.com/x:one",
		"10.0.0.1:5000/x:one", "[2001:db8::1]:5000/x:one", "0.0.0.0:5000/x:one",
	} {
		if _, err := docker.Push(t.Context(), remote, ignore); err == nil {
			t.Errorf("%s was pushed", remote)
		}
	}
	if calls() != before {
		t.Errorf("docker was called for them:\n%s", calls())
	}
}

func TestFailedPushIsAnError(t *testing.T) {
	fake(t, failing)
	_, err := find(t).Push(t.Context(), "localhost/x:one", ignore)
	if err == nil || !strings.Contains(err.Error(), "denied") {
		t.Errorf("the error is: %v", err)
	}
	fake(t, "exit 0\n")
	if _, err = find(t).Push(t.Context(), "localhost/x:one", ignore); err == nil {
		t.Error("a push that tells no digest counts as one")
	}
}

func TestWhyNoDaemonAnswersIsTold(t *testing.T) {
	fake(t, "echo 'permission denied: /var/run/docker.sock' >&2; exit 1\n")
	if _, err := daemon.Find(t.Context()); err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("the error is: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := daemon.Find(t.Context()); err == nil || !strings.Contains(err.Error(), "no docker command") {
		t.Errorf("the error is: %v", err)
	}
}
