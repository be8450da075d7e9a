// Package engine builds images with the container engine of the local stack, podman or docker, and pushes them to the
// registry that holds what the emulated ECR holds.
package engine

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"time"

	"computeruse.io/sandbox/testbench/docker-plugin/image"
)

// What the launcher tells the plugin. Without the first two nothing is built.
const (
	CommandVariable  = "SANDBOX_CONTAINER_ENGINE" // path of podman's or docker's command
	RegistryVariable = "SANDBOX_REGISTRY"         // HOST:PORT of a registry on loopback
	BaseVariable     = "SANDBOX_BASE_IMAGE"       // what to build on instead of a Dockerfile's own BASE_IMAGE; may be missing
)

const (
	answerTime  = 10 * time.Second // an engine that takes longer to tell its version does not answer
	endTime     = 5 * time.Second  // for the engine's command to end, once it is told to
	tailLines   = 30
	longestLine = 1 << 20 // bytes
)

// Engine is a command that builds images, and the registry that they are pushed to.
type Engine struct {
	command  string
	isPodman bool
	registry string
	base     string
}

// Find reads the variables and asks the engine for its version. The error says what is missing.
func Find(ctx context.Context) (*Engine, error) {
	e := &Engine{command: os.Getenv(CommandVariable), registry: os.Getenv(RegistryVariable), base: os.Getenv(BaseVariable)}
	if e.command == "" || e.registry == "" {
		return nil, fmt.Errorf("%s and %s are not set; `make up` sets them", CommandVariable, RegistryVariable)
	}
	if name, err := image.ParseName(e.registry + "/any:tag"); err != nil || !name.IsOnLoopback() {
		return nil, fmt.Errorf("%s is %q, which is not on this machine: the local stack sends no image there", RegistryVariable, e.registry)
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	output, err := exec.CommandContext(ctx, e.command, "--version").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s --version: %s", e.command, firstLine(output, err))
	}
	e.isPodman = strings.HasPrefix(string(output), "podman")
	return e, nil
}

func firstLine(output []byte, err error) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(output)), "\n")
	if line == "" {
		return err.Error()
	}
	return line
}

// Build builds an image under its name. Each line of the engine's output goes to progress. It is built for this machine's
// processor, whatever platform the program asks for: the local stack runs it here.
func (e *Engine) Build(ctx context.Context, in image.Inputs, progress func(line string)) error {
	command := exec.CommandContext(ctx, e.command, "build", "--tag", in.Name, "--file", in.Build.Dockerfile, "--network", "host")
	if !e.isPodman {
		command.Args = append(command.Args, "--progress=plain")
		command.Env = append(os.Environ(), "DOCKER_BUILDKIT=1") // the Dockerfiles mount secrets
	}
	if in.Build.Target != "" {
		command.Args = append(command.Args, "--target", in.Build.Target)
	}
	if e.base != "" {
		command.Args = append(command.Args, "--build-arg", "BASE_IMAGE="+e.base)
	}
	// Behind a certificate authority of its own, as the images' Dockerfiles expect it.
	if authority := os.Getenv("SSL_CERT_FILE"); authority != "" {
		command.Args = append(command.Args, "--secret", "id=ca,src="+authority)
	}
	for _, name := range in.Build.ArgNames() {
		command.Args = append(command.Args, "--build-arg", name+"="+in.Build.Args[name])
	}
	command.Args = append(command.Args, "--", in.Build.Context)
	if _, err := run(command, progress); err != nil {
		return fmt.Errorf("%s cannot be built from %s: %w", in.Name, in.Build.Context, err)
	}
	return nil
}

// IsForeign tells whether a platform, such as linux/arm64, is not this machine's.
func IsForeign(platform string) bool {
	return platform != "" && platform != image.Unknown && !strings.HasPrefix(platform, "linux/"+runtime.GOARCH)
}

var (
	digest = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
	pushed = regexp.MustCompile(`digest: (sha256:[0-9a-f]{64})`)
)

// Push pushes an image to the registry on loopback, under its own name but for the host, and returns its digest there.
func (e *Engine) Push(ctx context.Context, tagged string, progress func(line string)) (string, error) {
	name, err := image.ParseName(tagged)
	if err != nil {
		return "", err
	}
	there := e.registry + strings.TrimPrefix(tagged, name.Registry())
	if e.isPodman {
		return e.pushWithPodman(ctx, tagged, there, progress)
	}
	if output, err := run(exec.CommandContext(ctx, e.command, "tag", tagged, there), progress); err != nil {
		return "", fmt.Errorf("%s cannot be tagged: %w\n%s", tagged, err, output)
	}
	output, err := run(exec.CommandContext(ctx, e.command, "push", there), progress)
	if err != nil {
		return "", fmt.Errorf("%s cannot be pushed: %w", there, err)
	}
	match := pushed.FindStringSubmatch(output)
	if match == nil {
		return "", fmt.Errorf("%s was pushed, but its digest was not told:\n%s", there, output)
	}
	return match[1], nil
}

func (e *Engine) pushWithPodman(ctx context.Context, tagged, there string, progress func(line string)) (string, error) {
	folder, err := os.MkdirTemp("", "push-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "digest")
	// zstd takes a fifth of gzip's time, and the registry is on this machine.
	command := exec.CommandContext(ctx, e.command, "push", "--tls-verify=false", "--compression-format=zstd", "--digestfile", file,
		tagged, "docker://"+there)
	if _, err := run(command, progress); err != nil {
		return "", fmt.Errorf("%s cannot be pushed: %w", there, err)
	}
	content, err := os.ReadFile(file)
	told := strings.TrimSpace(string(content))
	if err != nil || !digest.MatchString(told) {
		return "", errors.Join(fmt.Errorf("%s was pushed, but its digest was not told: %q", there, told), err)
	}
	return told, nil
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
