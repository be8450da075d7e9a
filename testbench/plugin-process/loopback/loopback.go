// Package loopback serves and dials Pulumi's gRPC protocols on 127.0.0.1, and nowhere else.
package loopback

import (
	"fmt"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// MaxMessage is the limit of Pulumi's own RPCs, in bytes.
const MaxMessage = 400 << 20

// Dial connects to an address that the engine or a plugin gave.
func Dial(address string) (*grpc.ClientConn, error) {
	return grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(MaxMessage), grpc.MaxCallSendMsgSize(MaxMessage)))
}

// NewServer makes a gRPC server that takes messages as large as Pulumi's.
func NewServer(options ...grpc.ServerOption) *grpc.Server {
	return grpc.NewServer(append(options, grpc.MaxRecvMsgSize(MaxMessage), grpc.MaxSendMsgSize(MaxMessage))...)
}

// Serve serves on a free port, in the background, and returns the port.
func Serve(server *grpc.Server) (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("cannot listen on loopback: %w", err)
	}
	go func() { _ = server.Serve(listener) }() // returns when the process stops
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// Address is the loopback address of a port.
func Address(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
