// Package proxy stands between Pulumi's engine, which speaks in the names of the published AWS SDK, and the Terraform
// bridge, which speaks in its own. It forwards every call of the provider protocol and translates what is in it. It
// decides nothing: previews, differences, validation and waiting are the real provider's.
package proxy

import (
	"context"
	"strings"
	"sync"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Proxy serves the engine's calls to its provider, and the bridge's calls back to the engine.
type Proxy struct {
	engine      grpc.ClientConnInterface // nil until engineKnown is closed
	engineKnown chan struct{}
	bridge      grpc.ClientConnInterface // nil until ConnectBridge

	mu         sync.Mutex
	early      []*pulumirpc.LogRequest // what the bridge has to say before there is an engine
	engineURNs map[string]string       // by the bridge's URN: the bridge names resources in its log messages
}

// New makes a proxy without an engine and without a bridge.
func New() *Proxy {
	return &Proxy{engineKnown: make(chan struct{}), engineURNs: map[string]string{}}
}

// ConnectEngine sets the engine, once, and tells it what the bridge had to say before.
func (p *Proxy) ConnectEngine(engine grpc.ClientConnInterface) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, log := range p.early {
		// The bridge has had its answer: one that the engine does not take is lost, as with an engine that has ended.
		_, _ = pulumirpc.NewEngineClient(engine).Log(context.Background(), log)
	}
	p.early = nil
	p.engine = engine
	close(p.engineKnown)
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
		if p.keepEarly(log) {
			return stream.SendMsg(call.response)
		}
		p.nameAsEngineDoes(log)
	}
	select {
	case <-p.engineKnown:
	case <-stream.Context().Done():
		return stream.Context().Err()
	}
	if err := call.forward(stream.Context(), p.engine); err != nil {
		return err
	}
	return stream.SendMsg(call.response)
}

// keepEarly keeps a message for the engine that is not there yet: the bridge waits for the answer before it goes on.
func (p *Proxy) keepEarly(log *pulumirpc.LogRequest) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.engine != nil {
		return false
	}
	p.early = append(p.early, log)
	return true
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
