package proxy_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"computeruse.io/sandbox/testbench/aws-plugin/proxy"
	"computeruse.io/sandbox/testbench/plugin-process/loopback"
)

// bridge stands in for the Terraform bridge: it keeps what it was asked and answers as it is told.
type bridge struct {
	pulumirpc.UnimplementedResourceProviderServer
	check     *pulumirpc.CheckRequest
	diff      *pulumirpc.DiffRequest
	configure *pulumirpc.ConfigureRequest
	invoke    *pulumirpc.InvokeRequest
	differs   *pulumirpc.DiffResponse
	fails     error
}

func (b *bridge) Check(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	b.check = r
	return &pulumirpc.CheckResponse{
		Inputs:   r.News,
		Failures: []*pulumirpc.CheckFailure{{Property: "ingresses[0].protocol", Reason: "no"}},
	}, nil
}

func (b *bridge) CheckConfig(ctx context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return b.Check(ctx, r)
}

func (b *bridge) Configure(_ context.Context, r *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	b.configure = r
	return &pulumirpc.ConfigureResponse{}, nil
}

func (b *bridge) Diff(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	b.diff = r
	return b.differs, nil
}

func (b *bridge) Invoke(_ context.Context, r *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	b.invoke = r
	return &pulumirpc.InvokeResponse{}, nil
}

func (b *bridge) Create(context.Context, *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	return nil, b.fails
}

func (b *bridge) Read(_ context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	return &pulumirpc.ReadResponse{Id: r.Id, Properties: r.Properties, Inputs: r.Inputs}, nil
}

func (b *bridge) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: "0.0.1"}, nil
}

type engine struct {
	pulumirpc.UnimplementedEngineServer
	logged   *pulumirpc.LogRequest
	messages []string
}

func (e *engine) Log(_ context.Context, r *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	e.logged = r
	e.messages = append(e.messages, r.Message)
	return &emptypb.Empty{}, nil
}

type setup struct {
	*bridge
	*engine
	provider  pulumirpc.ResourceProviderClient // what the engine calls
	callbacks pulumirpc.EngineClient           // what the bridge calls
}

func start(t *testing.T) setup {
	t.Helper()
	s := setup{bridge: &bridge{}, engine: &engine{}}
	engineServer := loopback.NewServer()
	pulumirpc.RegisterEngineServer(engineServer, s.engine)
	bridgeServer := loopback.NewServer()
	pulumirpc.RegisterResourceProviderServer(bridgeServer, s.bridge)
	p := proxy.New(serveAndDial(t, engineServer))
	p.ConnectBridge(serveAndDial(t, bridgeServer))
	s.provider = pulumirpc.NewResourceProviderClient(serveAndDial(t, loopback.NewServer(grpc.UnknownServiceHandler(p.ServeProvider))))
	s.callbacks = pulumirpc.NewEngineClient(serveAndDial(t, loopback.NewServer(grpc.UnknownServiceHandler(p.ServeEngine))))
	return s
}

func serveAndDial(t *testing.T, server *grpc.Server) *grpc.ClientConn {
	t.Helper()
	port, err := loopback.Serve(server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	connection, err := loopback.Dial(loopback.Address(port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return connection
}

func properties(t *testing.T, text string) *structpb.Struct {
	t.Helper()
	var s structpb.Struct
	if err := s.UnmarshalJSON([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return &s
}

func mustEqual(t *testing.T, got *structpb.Struct, want string) {
	t.Helper()
	if w := properties(t, want); !reflect.DeepEqual(got.AsMap(), w.AsMap()) {
		t.Errorf("got %v, not %v", got.AsMap(), w.AsMap())
	}
}

const prefix = "urn:pulumi:local::sandbox::"

func urnOf(sdkType string) string { return prefix + sdkType + "::front" }

const (
	securityGroup = "aws:ec2/securityGroup:SecurityGroup"
	loadBalancer  = "aws:lb/loadBalancer:LoadBalancer"
	role          = "aws:iam/role:Role"
)

func TestCheckIsAskedInTheBridgesWordsAndAnsweredInTheSDKs(t *testing.T) {
	s := start(t)
	response, err := s.provider.Check(t.Context(), &pulumirpc.CheckRequest{
		Urn: urnOf(securityGroup), Type: securityGroup, News: properties(t, `{"name":"a","ingress":[{"protocol":"x"}]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.check.Urn != urnOf("aws:index/securityGroup:SecurityGroup") || s.check.Type != "aws:index/securityGroup:SecurityGroup" {
		t.Errorf("the bridge was asked about %s, a %s", s.check.Urn, s.check.Type)
	}
	mustEqual(t, s.check.News, `{"name":"a","ingresses":[{"protocol":"x"}]}`)
	mustEqual(t, response.Inputs, `{"name":"a","ingress":[{"protocol":"x"}]}`)
	if got := response.Failures[0].Property; got != "ingress[0].protocol" {
		t.Errorf("the failure is about %s", got)
	}
}

func TestNameIsGivenOnceAndKept(t *testing.T) {
	s := start(t)
	check := func(seed, olds string) *structpb.Struct {
		response, err := s.provider.Check(t.Context(), &pulumirpc.CheckRequest{
			Urn: urnOf(role), News: properties(t, `{}`), Olds: properties(t, olds), RandomSeed: []byte(seed),
		})
		if err != nil {
			t.Fatal(err)
		}
		return response.Inputs
	}
	first := check("seed", `{}`)
	name := first.Fields["name"].GetStringValue()
	if !strings.HasPrefix(name, "front-") || len(name) != len("front-1234567") {
		t.Fatalf("the name is %q", name)
	}
	if again := check("another seed", fmt.Sprintf(`{"name":%q,"__defaults":["name"]}`, name)); again.Fields["name"].GetStringValue() != name {
		t.Errorf("it becomes %v", again)
	}
	if other := check("another seed", `{}`); other.Fields["name"].GetStringValue() == name {
		t.Error("two resources get one name")
	}
	if s.check.News.Fields["__defaults"] != nil {
		t.Error("the bridge sees the plugin's own mark")
	}
}

func TestNameThatTheProgramGivesStays(t *testing.T) {
	s := start(t)
	for _, news := range []string{`{"name":"mine"}`, `{"namePrefix":"mine"}`} {
		response, err := s.provider.Check(t.Context(), &pulumirpc.CheckRequest{Urn: urnOf(role), News: properties(t, news)})
		if err != nil {
			t.Fatal(err)
		}
		mustEqual(t, response.Inputs, news)
	}
}

func TestTheBridgeAddsNoNameToAPrefix(t *testing.T) {
	s := start(t)
	for news, disabled := range map[string]bool{`{"namePrefix":"mine"}`: true, `{"name":"mine"}`: false} {
		if _, err := s.provider.Check(t.Context(), &pulumirpc.CheckRequest{Urn: urnOf(role), News: properties(t, news)}); err != nil {
			t.Fatal(err)
		}
		if got := s.check.GetAutonaming().GetMode() == pulumirpc.CheckRequest_AutonamingOptions_DISABLE; got != disabled {
			t.Errorf("%s: the bridge's own names are disabled: %v", news, got)
		}
	}
}

func TestNameThatAWSWouldRefuseIsAFailure(t *testing.T) {
	s := start(t)
	response, err := s.provider.Check(t.Context(), &pulumirpc.CheckRequest{
		Urn: urnOf(loadBalancer) + strings.Repeat("x", 30), News: properties(t, `{}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(response.Failures) != 1 || response.Failures[0].Property != "name" || !strings.Contains(response.Failures[0].Reason, "32") {
		t.Errorf("got %v", response.Failures)
	}
	if s.check != nil {
		t.Error("the bridge was asked all the same")
	}
}

func TestDifferencesAreNamedAsInTheSDK(t *testing.T) {
	s := start(t)
	s.differs = &pulumirpc.DiffResponse{
		Diffs:        []string{"ingresses"},
		Replaces:     []string{"ingresses"},
		DetailedDiff: map[string]*pulumirpc.PropertyDiff{"ingresses[0].protocol": {}},
	}
	got, err := s.provider.Diff(t.Context(), &pulumirpc.DiffRequest{
		Urn: urnOf(securityGroup), IgnoreChanges: []string{"egress"},
		OldInputs: properties(t, `{"name":"a"}`), Olds: properties(t, `{"name":"a"}`), News: properties(t, `{"name":"a"}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.Diffs[0] != "ingress" || got.Replaces[0] != "ingress" || got.DetailedDiff["ingress[0].protocol"] == nil {
		t.Errorf("got %v", got)
	}
	if s.diff.IgnoreChanges[0] != "egresses" {
		t.Errorf("the bridge ignores %v", s.diff.IgnoreChanges)
	}
	if !got.DeleteBeforeReplace {
		t.Error("two resources with one fixed name would have to exist side by side")
	}
}

func TestReplacementOfANameThatThePluginGaveNeedsNoDeletionFirst(t *testing.T) {
	s := start(t)
	s.differs = &pulumirpc.DiffResponse{Replaces: []string{"path"}}
	got, err := s.provider.Diff(t.Context(), &pulumirpc.DiffRequest{
		Urn: urnOf(role), OldInputs: properties(t, `{"name":"a","__defaults":["name"]}`), News: properties(t, `{"name":"a","__defaults":["name"]}`),
	})
	if err != nil || got.DeleteBeforeReplace {
		t.Errorf("got %v %v", got, err)
	}
}

func TestRefreshKeepsTheMarkOfGivenNames(t *testing.T) {
	s := start(t)
	got, err := s.provider.Read(t.Context(), &pulumirpc.ReadRequest{
		Id: "a", Urn: urnOf(role), Properties: properties(t, `{}`), Inputs: properties(t, `{"name":"a","__defaults":["name"]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, got.Inputs, `{"name":"a","__defaults":["name"]}`)
}

func TestStateOfAResourceThatDidNotBecomeReadyIsKept(t *testing.T) {
	s := start(t)
	failed, err := status.New(codes.Unknown, "not ready").WithDetails(
		&pulumirpc.ErrorResourceInitFailed{Id: "sg-1", Properties: properties(t, `{"ingresses":[]}`)})
	if err != nil {
		t.Fatal(err)
	}
	s.fails = failed.Err()
	_, err = s.provider.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urnOf(securityGroup), Properties: properties(t, `{}`)})
	got, _ := status.FromError(err)
	if got.Code() != codes.Unknown || got.Message() != "not ready" || len(got.Details()) != 1 {
		t.Fatalf("got %v", err)
	}
	detail := got.Details()[0].(*pulumirpc.ErrorResourceInitFailed)
	mustEqual(t, detail.Properties, `{"ingress":[]}`)
}

func TestSettingsAndFunctionsAreTranslated(t *testing.T) {
	s := start(t)
	if _, err := s.provider.Configure(t.Context(), &pulumirpc.ConfigureRequest{
		Variables: map[string]string{"aws:config:defaultTags": `{"tags":{"a":"b"}}`, "aws:config:region": "us-west-2"},
	}); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"aws:config:defaultTags": `[{"tags":{"a":"b"}}]`, "aws:config:region": "us-west-2"}
	if !reflect.DeepEqual(s.configure.Variables, want) {
		t.Errorf("the bridge is configured with %v", s.configure.Variables)
	}
	if _, err := s.provider.Invoke(t.Context(), &pulumirpc.InvokeRequest{Tok: "aws:iam/getPolicyDocument:getPolicyDocument"}); err != nil {
		t.Fatal(err)
	}
	if s.invoke.Tok != "aws:index/getIamPolicyDocument:getIamPolicyDocument" {
		t.Errorf("the bridge's function is %s", s.invoke.Tok)
	}
	checked, err := s.provider.CheckConfig(t.Context(), &pulumirpc.CheckRequest{Urn: urnOf("pulumi:providers:aws")})
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, checked.Inputs, `{"skipMetadataApiCheck":"true"}`)
}

func TestMessagesNameResourcesAsTheEngineDoes(t *testing.T) {
	s := start(t)
	if _, err := s.provider.Check(t.Context(), &pulumirpc.CheckRequest{Urn: urnOf(role), News: properties(t, `{}`)}); err != nil {
		t.Fatal(err)
	}
	bridgeURN := s.check.Urn
	if _, err := s.callbacks.Log(t.Context(), &pulumirpc.LogRequest{Urn: bridgeURN, Message: "about " + bridgeURN}); err != nil {
		t.Fatal(err)
	}
	if s.logged.Urn != urnOf(role) || s.logged.Message != "about "+urnOf(role) {
		t.Errorf("the engine gets %v", s.logged)
	}
}

func TestCallsWhoseAnswersWouldBeInTheBridgesWordsAreRefused(t *testing.T) {
	s := start(t)
	_, schema := s.provider.GetSchema(t.Context(), &pulumirpc.GetSchemaRequest{})
	_, parameterize := s.provider.Parameterize(t.Context(), &pulumirpc.ParameterizeRequest{})
	_, construct := s.provider.Construct(t.Context(), &pulumirpc.ConstructRequest{})
	for name, err := range map[string]error{"GetSchema": schema, "Parameterize": parameterize, "Construct": construct} {
		if status.Code(err) != codes.Unimplemented || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	info, err := s.provider.GetPluginInfo(t.Context(), &emptypb.Empty{})
	if err != nil || info.Version != proxy.SDKVersion {
		t.Errorf("the version is %v %v", info, err)
	}
}
