package proxy

import (
	"context"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// unaryCall is one call: its request, and its response, which is empty until forward fills it.
type unaryCall struct {
	path     string // "/pulumirpc.ResourceProvider/Create"
	method   string // "Create"
	request  proto.Message
	response proto.Message
}

// receive reads a call's request, whatever method of Pulumi's protocol it is for.
func receive(stream grpc.ServerStream) (*unaryCall, error) {
	path, _ := grpc.MethodFromServerStream(stream)
	service, method, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	descriptor, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(service + "." + method))
	m, isMethod := descriptor.(protoreflect.MethodDescriptor)
	if err != nil || !isMethod || m.IsStreamingServer() || m.IsStreamingClient() {
		return nil, status.Errorf(codes.Unimplemented, "unknown method %s", path)
	}
	request, err := newMessage(m.Input())
	if err != nil {
		return nil, err
	}
	response, err := newMessage(m.Output())
	if err != nil {
		return nil, err
	}
	return &unaryCall{path, method, request, response}, stream.RecvMsg(request)
}

func newMessage(d protoreflect.MessageDescriptor) (proto.Message, error) {
	t, err := protoregistry.GlobalTypes.FindMessageByName(d.FullName())
	if err != nil {
		return nil, err
	}
	return t.New().Interface(), nil
}

// forward makes the same call, with the same metadata and deadline, on another connection.
func (c *unaryCall) forward(ctx context.Context, to grpc.ClientConnInterface) error {
	if md, ok := metadata.FromIncomingContext(ctx); ok {
		ctx = metadata.NewOutgoingContext(ctx, md.Copy())
	}
	return to.Invoke(ctx, c.path, c.request, c.response)
}
