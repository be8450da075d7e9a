package proxy

import (
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"computeruse.io/sandbox/testbench/aws-plugin/shape"
)

// SDKVersion is the version of the SDK, com.pulumi:aws, whose provider this plugin stands in for.
const SDKVersion = "6.83.0"

// response changes a response, in place, into the SDK's terms.
func (t *translation) response(response proto.Message) {
	t.properties(response.ProtoReflect(), shape.ToSDK)
	switch r := response.(type) {
	case *pulumirpc.CheckResponse:
		t.failures(r.Failures)
		if t.named != "" && r.Inputs != nil {
			r.Inputs.Fields[defaultsKey] = structpb.NewListValue(&structpb.ListValue{
				Values: []*structpb.Value{structpb.NewStringValue(t.named)},
			})
		}
	case *pulumirpc.DiffResponse:
		t.diff(r)
	case *pulumirpc.ReadResponse:
		if t.defaults != nil && r.Inputs != nil && r.Id != "" {
			r.Inputs.Fields[defaultsKey] = t.defaults
		}
	case *pulumirpc.InvokeResponse:
		t.failures(r.Failures)
	case *pulumirpc.ConfigureResponse:
		r.SupportsAutonamingConfiguration = true
	case *pulumirpc.PluginInfo:
		r.Version = SDKVersion
	}
}

func (t *translation) failures(failures []*pulumirpc.CheckFailure) {
	for _, f := range failures {
		f.Property = t.differences.Path(f.Property, shape.ToSDK)
	}
}

func (t *translation) diff(r *pulumirpc.DiffResponse) {
	t.differences.Paths(r.Diffs, shape.ToSDK)
	t.differences.Paths(r.Replaces, shape.ToSDK)
	t.differences.Paths(r.Stables, shape.ToSDK)
	detailed := make(map[string]*pulumirpc.PropertyDiff, len(r.DetailedDiff))
	for path, d := range r.DetailedDiff {
		detailed[t.differences.Path(path, shape.ToSDK)] = d
	}
	r.DetailedDiff = detailed
	if t.nameIsFixed && len(r.Replaces) > 0 {
		r.DeleteBeforeReplace = true
	}
}
