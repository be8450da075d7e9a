// Command pulumi-resource-aws lets a program with the published Pulumi AWS SDK deploy through Terraform's own AWS
// provider, with nothing downloaded from Pulumi: it runs the "Any Terraform Provider" bridge on that provider and
// translates names between the two. What a preview or an update then does is the real provider's doing.
//
//	pulumi-resource-aws ENGINE_ADDRESS    serves the engine that starts it; prints the port on which it does
//	pulumi-resource-aws --find-provider   prints the provider's path; fetches the provider with terraform if there is none
//
// TF_BRIDGE_PLUGIN and TF_AWS_PROVIDER are the paths of the bridge and of the provider. Without them the bridge is the
// one beside this executable, and the provider is looked for where Terraform would.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"google.golang.org/grpc"

	"computeruse.io/sandbox/testbench/aws-plugin/bridge"
	"computeruse.io/sandbox/testbench/aws-plugin/provider"
	"computeruse.io/sandbox/testbench/aws-plugin/proxy"
	"computeruse.io/sandbox/testbench/plugin-process/lifetime"
	"computeruse.io/sandbox/testbench/plugin-process/loopback"
)

const findProvider = "--find-provider"

func main() {
	arguments := os.Args[1:]
	var err error
	if len(arguments) == 1 && arguments[0] == findProvider {
		var path string
		if path, err = findOrFetch(); err == nil {
			fmt.Println(path)
			return
		}
	} else {
		err = serve(loopback.EngineAddress(arguments))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-resource-aws:", err)
		lifetime.End(1)
	}
	select {} // lifetime ends the process
}

// serve serves the engine that started this process.
func serve(engineAddress string) error {
	if engineAddress == "" {
		return fmt.Errorf("usage: pulumi-resource-aws ENGINE_ADDRESS | %s", findProvider)
	}
	if err := lifetime.Begin(); err != nil {
		return err
	}
	lifetime.EndAfter(lifetime.ParentExit)
	engine, err := loopback.Dial(engineAddress)
	if err != nil {
		return err
	}
	port, err := serveProvider(proxy.New(engine))
	if err != nil {
		return err
	}
	fmt.Println(port) // the engine reads it
	return nil
}

// serveProvider starts bridge and provider and returns the port on which the two answer as the published plugin does.
func serveProvider(p *proxy.Proxy) (int, error) {
	bridgePath, err := bridge.Find()
	if err != nil {
		return 0, err
	}
	providerPath, err := locateProvider()
	if err != nil {
		return 0, err
	}
	callbacks, err := loopback.Serve(loopback.NewServer(grpc.UnknownServiceHandler(p.ServeEngine)))
	if err != nil {
		return 0, err
	}
	connection, err := bridge.Start(bridgePath, loopback.Address(callbacks), func() { lifetime.End(1) })
	if err != nil {
		return 0, err
	}
	if err := bridge.Load(context.Background(), connection, providerPath); err != nil {
		return 0, err
	}
	p.ConnectBridge(connection)
	return loopback.Serve(loopback.NewServer(grpc.UnknownServiceHandler(p.ServeProvider)))
}

// locateProvider trusts TF_AWS_PROVIDER and what --find-provider has verified: to ask the provider for its version again,
// every preview would have to start it once more.
func locateProvider() (string, error) {
	if path := os.Getenv("TF_AWS_PROVIDER"); path != "" {
		return path, nil
	}
	folder, err := fetchFolder()
	if err != nil {
		return "", err
	}
	if path, ok := provider.Remembered(folder); ok {
		return path, nil
	}
	return provider.Find(folder)
}

// findOrFetch verifies the provider, and remembers it unless the environment names it.
func findOrFetch() (string, error) {
	folder, err := fetchFolder()
	if err != nil {
		return "", err
	}
	path, err := provider.Find(folder)
	if provider.IsNotFound(err) {
		if failed := provider.Fetch(folder, os.Stderr); failed != nil {
			return "", errors.Join(err, failed)
		}
		path, err = provider.Find(folder)
	}
	if err != nil || os.Getenv("TF_AWS_PROVIDER") != "" {
		return path, err
	}
	return path, provider.Remember(folder, path)
}

// fetchFolder is beside the folder of this executable, so that everything that was installed for it is in one place.
func fetchFolder() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	resolved, err := filepath.EvalSymlinks(self)
	if err != nil {
		return "", err
	}
	return filepath.Join(filepath.Dir(filepath.Dir(resolved)), "terraform"), nil
}
