package main

import (
	"bufio"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

func build(t *testing.T) string {
	t.Helper()
	executable := filepath.Join(t.TempDir(), "oci-registry")
	if output, err := exec.Command("go", "build", "-o", executable, ".").CombinedOutput(); err != nil {
		t.Fatal(string(output))
	}
	return executable
}

type running struct {
	*exec.Cmd
	stdin io.Closer
	url   *url.URL
	ended chan struct{}
}

func start(t *testing.T, executable, folder string) *running {
	t.Helper()
	r := &running{Cmd: exec.Command(executable, folder), ended: make(chan struct{})}
	r.Stderr = os.Stderr
	var err error
	if r.stdin, err = r.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := r.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	address, isAnnounced := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !isAnnounced {
		t.Fatalf("the first line is %q %v", line, err)
	}
	if r.url, err = url.Parse(address); err != nil {
		t.Fatal(err)
	}
	go func() { _ = r.Wait(); close(r.ended) }()
	t.Cleanup(func() { _ = r.Process.Kill(); <-r.ended })
	return r
}

func (r *running) mustEnd(t *testing.T, after string) {
	t.Helper()
	select {
	case <-r.ended:
	case <-time.After(time.Minute):
		t.Fatalf("it still runs after %s", after)
	}
}

func TestPushedImageIsPulledByItsDigestAndItsBlobsAreOnDisk(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "blobs")
	r := start(t, build(t), folder)
	if r.url.Hostname() != "127.0.0.1" {
		t.Fatalf("it listens on %s", r.url)
	}
	image, err := random.Image(1024, 3)
	if err != nil {
		t.Fatal(err)
	}
	digest, err := image.Digest()
	if err != nil {
		t.Fatal(err)
	}
	tag, err := name.NewTag(r.url.Host + "/sandbox:one")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(tag, image); err != nil {
		t.Fatal(err)
	}
	pulled, err := remote.Image(tag.Context().Digest(digest.String()))
	if err != nil {
		t.Fatal(err)
	}
	layers, err := pulled.Layers()
	if err != nil || len(layers) != 3 {
		t.Fatalf("%d layers, %v", len(layers), err)
	}
	for _, layer := range layers {
		sum, err := layer.Digest()
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(filepath.Join(folder, sum.Algorithm, sum.Hex)); err != nil || info.Size() == 0 {
			t.Errorf("layer %s is not on disk: %v", sum, err)
		}
	}
}

func TestRegistryEndsOnRequest(t *testing.T) {
	executable := build(t)
	told := start(t, executable, t.TempDir())
	if err := told.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	told.mustEnd(t, "SIGTERM")

	closed := start(t, executable, t.TempDir())
	if err := closed.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	closed.mustEnd(t, "the end of its standard input")
}

func TestFolderIsRequired(t *testing.T) {
	output, err := exec.Command(build(t)).CombinedOutput()
	if err == nil || !strings.Contains(string(output), "usage: oci-registry FOLDER") {
		t.Errorf("%v: %s", err, output)
	}
}
