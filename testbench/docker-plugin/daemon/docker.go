// Package daemon builds images with the docker command, so with whatever daemon it reaches (DOCKER_HOST, or its current
// context), and with the person's own configuration of it.
package daemon

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"time"

	"computeruse.io/sandbox/testbench/docker-plugin/image"
)

const (
	answerTime  = 10 * time.Second // a daemon that takes longer to tell its version does not answer
	endTime     = 5 * time.Second  // for the docker command to end, once it is told to
	tailLines   = 30
	longestLine = 1 << 20 // bytes
)

// Docker is a docker command that reaches a daemon.
type Docker struct {
	command     string
	hasBuildKit bool
}

// Find looks for a docker command and asks its daemon for its version. The error says what is missing.
func Find(ctx context.Context) (*Docker, error) {
	command, err := exec.LookPath("docker")
	if err != nil {
		return nil, errors.New("there is no docker command on PATH")
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	version := exec.CommandContext(ctx, command, "version", "--format", "{{.Server.Version}}")
	if output, err := version.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("docker version: %s", firstLine(output, err))
	}
	buildx := exec.CommandContext(ctx, command, "buildx", "version")
	return &Docker{command: command, hasBuildKit: buildx.Run() == nil}, nil
}

func firstLine(output []byte, err error) string {
	line, _, _ := strings.Cut(string(bytes.TrimSpace(output)), "\n")
	if line == "" {
		return err.Error()
	}
	return line
}

// Build builds and tags an image, and returns its ID, "sha256:…". Each line of Docker's output goes to progress. Where
// the docker command has no BuildKit (its buildx plugin), Docker's classic builder does it. It leaves no container behind.
func (d *Docker) Build(ctx context.Context, in image.Inputs, progress func(line string)) (string, error) {
	command := exec.CommandContext(ctx, d.command)
	if d.hasBuildKit && !in.Build.Classic {
		command.Args = append(command.Args, "buildx", "build", "--load", "--progress=plain")
	} else {
		command.Args = append(command.Args, "build", "--force-rm")
		command.Env = append(os.Environ(), "DOCKER_BUILDKIT=0")
	}
	command.Args = append(command.Args, "--tag", in.Name, "--file", in.Build.Dockerfile)
	if in.Build.Target != "" {
		command.Args = append(command.Args, "--target", in.Build.Target)
	}
	if in.Build.Platform != "" {
		command.Args = append(command.Args, "--platform", in.Build.Platform)
	}
	for _, name := range in.Build.ArgNames() {
		command.Args = append(command.Args, "--build-arg", name+"="+in.Build.Args[name])
	}
	command.Args = append(command.Args, "--", in.Build.Context)
	if _, err := run(command, progress); err != nil {
		return "", fmt.Errorf("Docker cannot build %s from %s: %w", in.Name, in.Build.Context, err)
	}
	inspect := exec.CommandContext(ctx, d.command, "image", "inspect", "--format", "{{.Id}}", in.Name)
	output, err := run(inspect, func(string) {})
	if err != nil {
		return "", fmt.Errorf("Docker has built %s but cannot inspect it: %w", in.Name, err)
	}
	id := digest.FindString(output)
	if id == "" {
		return "", fmt.Errorf("Docker has built %s but tells no ID: %q", in.Name, output)
	}
	return id, nil
}

var (
	digest = regexp.MustCompile(`sha256:[0-9a-f]{64}`)
	pushed = regexp.MustCompile(`digest: (sha256:[0-9a-f]{64})`)
)

// Push pushes an image to the registry of its name, which must be on loopback, and returns its digest there.
func (d *Docker) Push(ctx context.Context, tagged string, progress func(line string)) (string, error) {
	name, err := image.ParseName(tagged)
	if err != nil {
		return "", err
	}
	if !name.IsOnLoopback() {
		return "", fmt.Errorf("%s is not on this machine: the local stack sends no image there", name.Registry())
	}
	output, err := run(exec.CommandContext(ctx, d.command, "push", tagged), progress)
	if err != nil {
		return "", fmt.Errorf("Docker cannot push %s: %w", tagged, err)
	}
	match := pushed.FindStringSubmatch(output)
	if match == nil {
		return "", fmt.Errorf("Docker has pushed %s but does not tell its digest:\n%s", tagged, output)
	}
	return match[1], nil
}

// run gives the last lines of a command's output; they are in its error, too.
func run(command *exec.Cmd, progress func(line string)) (string, error) {
	reader, writer := io.Pipe()
	command.Stdout, command.Stderr = writer, writer
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) } // its build ends, too
	command.WaitDelay = endTime
	tail := make(chan string)
	go func() { tail <- lastLines(reader, progress) }()
	err := command.Run()
	_ = writer.Close() // a pipe in memory: never fails
	output := <-tail
	if err != nil {
		return output, fmt.Errorf("%w\n%s", err, output)
	}
	return output, nil
}

func lastLines(reader io.Reader, progress func(line string)) string {
	var lines []string
	scanner := bufio.NewScanner(reader)
	scanner.Buffer(nil, longestLine)
	for scanner.Scan() {
		progress(scanner.Text())
		lines = append(lines, scanner.Text())
		lines = lines[max(0, len(lines)-tailLines):]
	}
	_, _ = io.Copy(io.Discard, reader) // after a line that is too long: the command must not wait for its reader
	return strings.Join(lines, "\n")
}
