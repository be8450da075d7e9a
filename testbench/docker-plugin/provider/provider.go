// Package provider serves Pulumi's engine as the Docker provider, for docker:index/image:Image only.
//
// It never sends an image off this machine, keeps no credentials, and never calls something built that is not: where no
// container engine is at hand, an image's digest is a fingerprint of what would be built, and a warning says so.
package provider

import (
	"context"
	"fmt"
	"strings"
	"sync"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"computeruse.io/sandbox/testbench/docker-plugin/engine"
)

// Version is the version of the published Docker plugin that this one stands in for.
const Version = "4.11.2"

const imageType = "docker:index/image:Image"

// Provider answers the engine's calls.
type Provider struct {
	pulumirpc.UnimplementedResourceProviderServer
	engine pulumirpc.EngineClient
	// builder is looked for once in a process, and only when something hangs on it.
	builder func() (*engine.Engine, error)
	// running ends with Cancel, and with it the builds.
	running context.Context
	cancel  context.CancelFunc
}

// New makes a provider that logs to an engine.
func New(client pulumirpc.EngineClient) *Provider {
	running, cancel := context.WithCancel(context.Background())
	return &Provider{
		engine:  client,
		builder: sync.OnceValues(func() (*engine.Engine, error) { return engine.Find(running) }),
		running: running,
		cancel:  cancel,
	}
}

// GetPluginInfo tells the version.
func (p *Provider) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: Version}, nil
}

// CheckConfig accepts no settings: the launcher chooses the engine.
func (p *Provider) CheckConfig(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	var failures []*pulumirpc.CheckFailure
	for name := range r.GetNews().GetFields() {
		if name != "version" && !strings.HasPrefix(name, "__") { // those are the engine's own
			failures = append(failures, &pulumirpc.CheckFailure{
				Property: name,
				Reason: fmt.Sprintf("the local stack's Docker plugin has no setting %q: "+
					"leave docker:%s out", name, name),
			})
		}
	}
	return &pulumirpc.CheckResponse{Inputs: r.News, Failures: failures}, nil
}

// DiffConfig finds no difference: there are no settings.
func (p *Provider) DiffConfig(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
}

// Configure says what the engine may send. Secrets come in clear, over loopback: the engine marks their properties again.
func (p *Provider) Configure(context.Context, *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	return &pulumirpc.ConfigureResponse{SupportsPreview: true}, nil
}

// Invoke refuses every function.
func (p *Provider) Invoke(_ context.Context, r *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	return nil, refuse(r.Tok)
}

// Read gives the state as it is: there is nothing outside that could have drifted.
func (p *Provider) Read(_ context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	if err := requireImage(r.Urn); err != nil {
		return nil, err
	}
	return &pulumirpc.ReadResponse{Id: r.Id, Properties: r.Properties, Inputs: r.Inputs}, nil
}

// Delete leaves the image in the engine, as the published provider does: other stacks may use its layers.
func (p *Provider) Delete(_ context.Context, r *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, requireImage(r.Urn)
}

// Cancel ends what is being built.
func (p *Provider) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	p.cancel()
	return &emptypb.Empty{}, nil
}

func requireImage(urn string) error {
	parts := strings.Split(urn, "::") // urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME
	if len(parts) < 4 {
		return status.Errorf(codes.InvalidArgument, "%q is no URN", urn)
	}
	types := strings.Split(parts[2], "$")
	if token := types[len(types)-1]; token != imageType {
		return refuse(token)
	}
	return nil
}

func refuse(token string) error {
	return status.Errorf(codes.Unimplemented, "the local stack's Docker plugin has only %s, not %s", imageType, token)
}
