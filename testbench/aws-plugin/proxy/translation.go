package proxy

import (
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"

	"computeruse.io/sandbox/testbench/aws-plugin/shape"
)

// defaultsKey lists, in a resource's inputs, the properties that the provider filled in and the program did not.
const defaultsKey = "__defaults"

// translation is what the response of a call needs to know of its request.
type translation struct {
	differences shape.Differences
	named       string                  // Check: the property that the plugin gave a physical name
	rejected    *pulumirpc.CheckFailure // Check: the request is wrong and must not be forwarded
	defaults    *structpb.Value         // Read: the marker that its answer must keep
	nameIsFixed bool                    // Diff: a replacement has the same physical name, so the old one must go first
}

// properties translates every bag of properties in a message.
func (t *translation) properties(message protoreflect.Message, to shape.Direction) {
	message.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if f.Kind() != protoreflect.MessageKind || f.IsList() || f.IsMap() {
			return true
		}
		if s, ok := v.Message().Interface().(*structpb.Struct); ok {
			if to == shape.ToBridge {
				delete(s.GetFields(), defaultsKey) // the bridge would take our defaults for its own
			}
			t.differences.Convert(s, to)
		}
		return true
	})
}

// failure translates the state that comes with the error of a resource which was created but did not become ready.
func (t *translation) failure(err error) error {
	from, ok := status.FromError(err)
	if !ok {
		return err
	}
	to := status.New(from.Code(), from.Message())
	for _, detail := range from.Details() {
		m, ok := detail.(proto.Message)
		if !ok {
			return err
		}
		t.properties(m.ProtoReflect(), shape.ToSDK)
		if to, err = to.WithDetails(protoadapt.MessageV1Of(m)); err != nil {
			return fmt.Errorf("%s: %w", from.Message(), err)
		}
	}
	return to.Err()
}
