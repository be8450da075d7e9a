// Command oci-registry is a container registry on loopback, for images that must not leave this machine.
//
//	oci-registry FOLDER   keeps blobs in FOLDER, and manifests in memory; prints its URL on its first line
//
// It ends on SIGTERM and SIGINT, with the process that started it, and when its standard input, being a pipe, is closed.
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"

	"computeruse.io/sandbox/testbench/plugin-process/lifetime"
)

const headerTime = 10 * time.Second

func main() {
	if err := serve(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "oci-registry:", err)
		lifetime.End(1)
	}
}

// serve returns with an error only.
func serve(arguments []string) error {
	if len(arguments) != 1 {
		return errors.New("usage: oci-registry FOLDER")
	}
	folder := arguments[0]
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("cannot keep blobs in %s: %w", folder, err)
	}
	if err := lifetime.Begin(); err != nil {
		return err
	}
	endWithStandardInput()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("cannot listen on loopback: %w", err)
	}
	fmt.Printf("listening on http://%s\n", listener.Addr())
	server := http.Server{
		Handler: registry.New(
			registry.WithBlobHandler(registry.NewDiskBlobHandler(folder)),
			registry.Logger(log.New(io.Discard, "", 0)), // it would log every request
		),
		ReadHeaderTimeout: headerTime,
	}
	return server.Serve(listener)
}

// endWithStandardInput heeds pipes only: /dev/null is at its end from the start.
func endWithStandardInput() {
	info, err := os.Stdin.Stat()
	if err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		return
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		lifetime.End(0)
	}()
}
