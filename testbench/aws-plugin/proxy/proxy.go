// Package proxy stands between Pulumi's engine, which speaks in the names of the published AWS SDK, and the Terraform
// bridge, which speaks in its own. It forwards every call of the provider protocol and translates what is in it. It
// decides nothing: previews, differences, validation and waiting are the real provider's.
package proxy

import (
	"strings"
	"sync"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Proxy serves the engine's calls to its provider, and the bridge's calls back to the engine.
type Proxy struct {
	engine grpc.ClientConnInterface
	bridge grpc.ClientConnInterface // nil until ConnectBridge

	mu         sync.Mutex
	engineURNs map[string]string // by the bridge's URN: the bridge names resources in its log messages
}

// New makes a proxy without a bridge.
func New(engine grpc.ClientConnInterface) *Proxy {
	return &Proxy{engine: engine, engineURNs: map[string]string{}}
}

// ConnectBridge sets the bridge; call it before ServeProvider serves anything.
func (p *Proxy) ConnectBridge(bridge grpc.ClientConnInterface) { p.bridge = bridge }

// unsupported are the calls whose answers would be in the bridge's names, or would set it up a second time. The engine
// does without each of them.
var unsupported = map[string]bool{
	"Call":         true,
	"Construct":    true,
	"GetMapping":   true,
	"GetMappings":  true,
	"GetSchema":    true,
	"Handshake":    true,
	"Parameterize": true,
}

// ServeProvider is the handler of every call from the engine.
func (p *Proxy) ServeProvider(_ any, stream grpc.ServerStream) error {
	call, err := receive(stream)
	if err != nil {
		return err
	}
	if unsupported[call.method] {
		return status.Errorf(codes.Unimplemented, "%s is not supported", call.method)
	}
	t := p.translateRequest(call.request)
	if t.rejected != nil {
		return stream.SendMsg(&pulumirpc.CheckResponse{Failures: []*pulumirpc.CheckFailure{t.rejected}})
	}
	if err := call.forward(stream.Context(), p.bridge); err != nil {
		return t.failure(err)
	}
	t.response(call.response)
	return stream.SendMsg(call.response)
}

// ServeEngine is the handler of every call from the bridge.
func (p *Proxy) ServeEngine(_ any, stream grpc.ServerStream) error {
	call, err := receive(stream)
	if err != nil {
		return err
	}
	if log, ok := call.request.(*pulumirpc.LogRequest); ok {
		p.nameAsEngineDoes(log)
	}
	if err := call.forward(stream.Context(), p.engine); err != nil {
		return err
	}
	return stream.SendMsg(call.response)
}

func (p *Proxy) rememberURN(bridge, engine string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.engineURNs[bridge] = engine
}

func (p *Proxy) nameAsEngineDoes(log *pulumirpc.LogRequest) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if urn, ok := p.engineURNs[log.Urn]; ok {
		log.Message = strings.ReplaceAll(log.Message, log.Urn, urn)
		log.Urn = urn
	}
}
