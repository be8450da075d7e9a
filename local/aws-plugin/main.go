// Command pulumi-resource-aws lets a program with the published Pulumi AWS SDK deploy through Terraform's own AWS
// provider, with nothing downloaded from Pulumi: it runs the "Any Terraform Provider" bridge on that provider and
// translates names between the two. What a preview or an update then does is the real provider's doing.
//
//	pulumi-resource-aws ENGINE_ADDRESS    serves the engine, which starts it; prints its port
//	pulumi-resource-aws --find-provider   prints the provider's path; fetches it with terraform where it is nowhere
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

	"computeruse.io/sandbox/local/aws-plugin/bridge"
	"computeruse.io/sandbox/local/aws-plugin/lifetime"
	"computeruse.io/sandbox/local/aws-plugin/loopback"
	"computeruse.io/sandbox/local/aws-plugin/provider"
	"computeruse.io/sandbox/local/aws-plugin/proxy"
)

const findProvider = "--find-provider"

func main() {
	if len(os.Args) == 2 && os.Args[1] == findProvider {
		path, err := findOrFetch()
		if err != nil {
			fmt.Fprintln(os.Stderr, "pulumi-resource-aws:", err)
			os.Exit(1)
		}
		fmt.Println(path)
		return
	}
	if err := serve(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-resource-aws:", err)
		lifetime.End(1)
	}
	select {} // lifetime ends the process
}

func serve(arguments []string) error {
	engineAddress := loopback.EngineAddress(arguments)
	if engineAddress == "" {
		return fmt.Errorf("usage: pulumi-resource-aws ENGINE_ADDRESS | %s", findProvider)
	}
	bridgePath, err := bridge.Find()
	if err != nil {
		return err
	}
	providerPath, err := locateProvider()
	if err != nil {
		return err
	}
	if err := lifetime.Begin(); err != nil {
		return err
	}
	engine, err := loopback.Dial(engineAddress)
	if err != nil {
		return err
	}
	p := proxy.New(engine)
	callbacks, err := loopback.Serve(loopback.NewServer(grpc.UnknownServiceHandler(p.ServeEngine)))
	if err != nil {
		return err
	}
	bridgeConnection, err := bridge.Start(bridgePath, loopback.Address(callbacks), func() { lifetime.End(1) })
	if err != nil {
		return err
	}
	if err := bridge.Load(context.Background(), bridgeConnection, providerPath); err != nil {
		return err
	}
	p.Connect(bridgeConnection)
	port, err := loopback.Serve(loopback.NewServer(grpc.UnknownServiceHandler(p.ServeProvider)))
	if err != nil {
		return err
	}
	fmt.Println(port) // how the engine learns it
	return nil
}

// locateProvider trusts TF_AWS_PROVIDER, and what --find-provider verified: asking the provider for its version again
// would cost every preview a start of it.
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

// fetchFolder is beside the folder of this executable, so that all that was installed for it is in one place.
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
