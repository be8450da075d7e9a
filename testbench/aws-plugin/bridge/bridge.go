// Package bridge runs Pulumi's "Any Terraform Provider" plugin, unchanged, on a given Terraform provider.
package bridge

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"

	"computeruse.io/sandbox/testbench/plugin-process/loopback"
)

// Executable is the file name of the bridge.
const Executable = "pulumi-resource-terraform-provider"

// Find returns the path of the bridge: TF_BRIDGE_PLUGIN, or the one beside this executable, or the one on PATH.
func Find() (string, error) {
	if path := os.Getenv("TF_BRIDGE_PLUGIN"); path != "" {
		return path, nil
	}
	if self, err := os.Executable(); err == nil {
		resolved, err := filepath.EvalSymlinks(self) // the engine may start a link in its plugin folder
		if err != nil {
			return "", err
		}
		for _, at := range []string{self, resolved} {
			path := filepath.Join(filepath.Dir(at), Executable)
			if _, err := os.Stat(path); err == nil {
				return path, nil
			}
		}
	}
	path, err := exec.LookPath(Executable)
	if err != nil {
		return "", fmt.Errorf("%s is neither beside this plugin nor on PATH: build it (testbench/toolchain/bridge) or set TF_BRIDGE_PLUGIN", Executable)
	}
	return path, nil
}

// Start starts the bridge. It calls engineAddress where it would call the engine, and ended once it has exited.
func Start(path, engineAddress string, ended func()) (*grpc.ClientConn, error) {
	command := exec.Command(path, engineAddress)
	command.Stderr = os.Stderr
	stdout, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("cannot start the bridge: %w", err)
	}
	output := bufio.NewReader(stdout)
	line, err := output.ReadString('\n')
	port, notANumber := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || notANumber != nil {
		return nil, fmt.Errorf("%s printed no port, but %q", path, line)
	}
	go func() {
		_, _ = output.WriteTo(os.Stderr) // our own standard output belongs to the engine
		_ = command.Wait()
		ended()
	}()
	return loopback.Dial(loopback.Address(port))
}

// Load has the bridge start the Terraform provider at a path. The bridge names the package after the file, so it gets
// a link with the plain name of the AWS provider.
func Load(ctx context.Context, conn grpc.ClientConnInterface, provider string) error {
	folder, err := os.MkdirTemp("", "pulumi-resource-aws")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	link := filepath.Join(folder, "terraform-provider-aws")
	if err := os.Symlink(provider, link); err != nil {
		return err
	}
	_, err = pulumirpc.NewResourceProviderClient(conn).Parameterize(ctx, &pulumirpc.ParameterizeRequest{
		Parameters: &pulumirpc.ParameterizeRequest_Args{
			Args: &pulumirpc.ParameterizeRequest_ParametersArgs{Args: []string{link}},
		},
	})
	if err != nil {
		return fmt.Errorf("cannot load %s: %w", provider, err)
	}
	return nil
}
