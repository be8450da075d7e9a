package main_test

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

const urn = "urn:pulumi:local::sandbox::sandbox:image:ServiceImage$docker:index/image:Image::environment"

var executable string

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	folder, err := os.MkdirTemp("", "docker-plugin")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	executable = filepath.Join(folder, "pulumi-resource-docker")
	build := exec.Command("go", "build", "-o", executable, ".")
	if output, err := build.CombinedOutput(); err != nil {
		panic(string(output))
	}
	return m.Run()
}

// engine stands in for Pulumi's: it starts the plugin in the program's folder and takes its messages.
type engine struct {
	pulumirpc.UnimplementedEngineServer
	pulumirpc.ResourceProviderClient
	t       *testing.T
	program string // folder
	process *exec.Cmd

	mu       sync.Mutex
	messages []*pulumirpc.LogRequest
}

func (e *engine) Log(_ context.Context, r *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.messages = append(e.messages, r)
	return &emptypb.Empty{}, nil
}

// warnings joins the warnings so far.
func (e *engine) warnings() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var texts []string
	for _, m := range e.messages {
		if m.Severity == pulumirpc.LogSeverity_WARNING {
			if m.Urn != urn {
				e.t.Errorf("a warning is about %q", m.Urn)
			}
			texts = append(texts, m.Message)
		}
	}
	return strings.Join(texts, "\n")
}

// start starts the plugin as the engine does, with environment variables besides this process's.
func start(t *testing.T, environment ...string) *engine {
	t.Helper()
	e := &engine{t: t, program: t.TempDir()}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	pulumirpc.RegisterEngineServer(server, e)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)

	e.process = exec.Command(executable, "--tracing", "http://127.0.0.1:9", listener.Addr().String())
	e.process.Dir = e.program
	e.process.Env = append(os.Environ(), environment...)
	e.process.Stderr = os.Stderr
	stdout, err := e.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := e.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = e.process.Process.Signal(os.Interrupt)
		_ = e.process.Wait()
	})
	port, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the plugin printed no port: %v", err)
	}
	connection, err := grpc.NewClient("127.0.0.1:"+strings.TrimSpace(port), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	e.ResourceProviderClient = pulumirpc.NewResourceProviderClient(connection)
	if _, err := e.Configure(t.Context(), &pulumirpc.ConfigureRequest{AcceptSecrets: true}); err != nil {
		t.Fatal(err)
	}
	return e
}

// write writes a file of the program.
func (e *engine) write(name, content string) {
	e.t.Helper()
	path := filepath.Join(e.program, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		e.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		e.t.Fatal(err)
	}
}

func (e *engine) failures(inputs map[string]any) map[string]string {
	e.t.Helper()
	response, err := e.Check(e.t.Context(), &pulumirpc.CheckRequest{Urn: urn, News: properties(e.t, inputs)})
	if err != nil {
		e.t.Fatal(err)
	}
	reasons := map[string]string{}
	for _, f := range response.Failures {
		reasons[f.Property] = f.Reason
	}
	return reasons
}

// check gives the inputs that the engine would store.
func (e *engine) check(inputs map[string]any) *structpb.Struct {
	e.t.Helper()
	response, err := e.Check(e.t.Context(), &pulumirpc.CheckRequest{Urn: urn, News: properties(e.t, inputs)})
	if err != nil || len(response.Failures) > 0 {
		e.t.Fatalf("Check: %v %v", err, response.GetFailures())
	}
	return response.Inputs
}

func (e *engine) create(inputs *structpb.Struct, preview bool) map[string]any {
	e.t.Helper()
	response, err := e.Create(e.t.Context(), &pulumirpc.CreateRequest{Urn: urn, Properties: inputs, Preview: preview})
	if err != nil {
		e.t.Fatal(err)
	}
	return response.Properties.AsMap()
}

func (e *engine) diff(outputs map[string]any, oldInputs, news *structpb.Struct) *pulumirpc.DiffResponse {
	e.t.Helper()
	response, err := e.Diff(e.t.Context(), &pulumirpc.DiffRequest{
		Urn: urn, Id: "id", Olds: properties(e.t, outputs), OldInputs: oldInputs, News: news,
	})
	if err != nil {
		e.t.Fatal(err)
	}
	return response
}

func properties(t *testing.T, m map[string]any) *structpb.Struct {
	t.Helper()
	s, err := structpb.NewStruct(m)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// imageInputs gives the inputs of an image that is built from the program's folder "app".
func imageInputs(name string) map[string]any {
	return map[string]any{
		"imageName": name,
		"registry":  map[string]any{"server": "https://registry.example", "username": "AWS", "password": "hunter2"},
		"build":     map[string]any{"context": "app", "platform": "linux/amd64", "builderVersion": "BuilderBuildKit"},
	}
}

func TestPluginEndsOnRequest(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, os.Kill} {
		e := start(t)
		if err := e.process.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { _ = e.process.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(time.Minute):
			t.Fatalf("it still runs after %v", signal)
		}
	}
}
