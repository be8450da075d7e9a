// Command pulumi-resource-docker lets a program with the published Pulumi Docker SDK build its images on the local stack,
// with nothing downloaded from Pulumi. It builds with podman or docker, whichever the launcher has chosen, and warns
// that nothing was built where there is none.
//
//	pulumi-resource-docker ENGINE_ADDRESS   serves the engine, which starts it in the program's folder; prints its port
package main

import (
	"errors"
	"fmt"
	"os"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"computeruse.io/sandbox/testbench/docker-plugin/provider"
	"computeruse.io/sandbox/testbench/plugin-process/lifetime"
	"computeruse.io/sandbox/testbench/plugin-process/loopback"
)

func main() {
	if err := serve(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-resource-docker:", err)
		lifetime.End(1)
	}
	select {} // lifetime ends the process
}

func serve(arguments []string) error {
	address := loopback.EngineAddress(arguments)
	if address == "" {
		return errors.New("usage: pulumi-resource-docker ENGINE_ADDRESS")
	}
	if err := lifetime.Begin(); err != nil {
		return err
	}
	engine, err := loopback.Dial(address)
	if err != nil {
		return err
	}
	server := loopback.NewServer()
	pulumirpc.RegisterResourceProviderServer(server, provider.New(pulumirpc.NewEngineClient(engine)))
	port, err := loopback.Serve(server)
	if err != nil {
		return err
	}
	fmt.Println(port) // the engine reads it
	return nil
}
