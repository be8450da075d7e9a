package proxy

import (
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"

	"computeruse.io/sandbox/testbench/aws-plugin/names"
	"computeruse.io/sandbox/testbench/aws-plugin/shape"
)

// translateRequest changes a request, in place, into the bridge's terms.
func (p *Proxy) translateRequest(request proto.Message) *translation {
	message := request.ProtoReflect()
	t := &translation{}
	sdkType := ""
	if urn := text(message, "urn"); urn != "" {
		var bridge string
		sdkType, bridge = names.BridgeURN(urn)
		p.rememberURN(bridge, urn)
		setText(message, "urn", bridge)
	}
	t.differences = names.Differences[sdkType]
	switch r := request.(type) {
	case *pulumirpc.CheckRequest:
		t.check(sdkType, r)
	case *pulumirpc.DiffRequest:
		t.nameIsFixed = hasFixedName(sdkType, r)
		t.differences.Paths(r.IgnoreChanges, shape.ToBridge)
	case *pulumirpc.ReadRequest:
		t.defaults = r.Inputs.GetFields()[defaultsKey]
	case *pulumirpc.UpdateRequest:
		t.differences.Paths(r.IgnoreChanges, shape.ToBridge)
	case *pulumirpc.ConfigureRequest:
		t.differences = names.Differences[names.Provider]
		r.Variables = settings(t.differences, r.Variables)
	}
	for _, field := range []protoreflect.Name{"type", "tok"} {
		setText(message, field, names.BridgeToken(text(message, field)))
	}
	t.properties(message, shape.ToBridge)
	return t
}

func (t *translation) check(sdkType string, r *pulumirpc.CheckRequest) {
	if r.News == nil {
		r.News = &structpb.Struct{}
	}
	if r.News.Fields == nil {
		r.News.Fields = map[string]*structpb.Value{}
	}
	if sdkType != names.Provider {
		t.named, t.rejected = namePhysically(sdkType, names.OfURN(r.Urn), r)
		return
	}
	if r.News.Fields["skipMetadataApiCheck"] == nil { // the published plugin has this default, and Terraform has not
		r.News.Fields["skipMetadataApiCheck"] = structpb.NewStringValue("true")
	}
}

const settingPrefix = "aws:config:"

// settings translates the provider's configuration, which Configure has both as properties and as JSON texts.
func settings(differences shape.Differences, sdk map[string]string) map[string]string {
	bridge := make(map[string]string, len(sdk))
	for key, value := range sdk {
		if name, ok := strings.CutPrefix(key, settingPrefix); ok {
			name, value = differences.ConvertSetting(name, value)
			key = settingPrefix + name
		}
		bridge[key] = value
	}
	return bridge
}

// text reads a string field of a message; a message without such a field gives "".
func text(m protoreflect.Message, field protoreflect.Name) string {
	f := m.Descriptor().Fields().ByName(field)
	if f == nil || f.Kind() != protoreflect.StringKind || f.IsList() {
		return ""
	}
	return m.Get(f).String()
}

// setText sets a string field, unless it is absent or empty.
func setText(m protoreflect.Message, field protoreflect.Name, value string) {
	if text(m, field) != "" {
		m.Set(m.Descriptor().Fields().ByName(field), protoreflect.ValueOfString(value))
	}
}
