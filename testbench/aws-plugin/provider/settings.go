package provider

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclparse"
)

// cliSettings is what Terraform's CLI configuration says about where providers are; the rest of it is ignored.
type cliSettings struct {
	PluginCacheDir string   `hcl:"plugin_cache_dir,optional"`
	Installation   *install `hcl:"provider_installation,block"`
	Rest           hcl.Body `hcl:",remain"`
}

type install struct {
	Mirrors []mirror `hcl:"filesystem_mirror,block"`
	Rest    hcl.Body `hcl:",remain"`
}

type mirror struct {
	Path string   `hcl:"path"`
	Rest hcl.Body `hcl:",remain"`
}

// settingsFile is the path of Terraform's CLI configuration, which need not exist.
func settingsFile(home string) string {
	for _, variable := range []string{"TF_CLI_CONFIG_FILE", "TERRAFORM_CONFIG"} {
		if path := os.Getenv(variable); path != "" {
			return path
		}
	}
	return filepath.Join(home, ".terraformrc")
}

// folders reads the folders that a CLI configuration names. A file that does not exist names none.
func folders(settingsFile string) ([]string, error) {
	text, err := os.ReadFile(settingsFile)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	file, problems := hclparse.NewParser().ParseHCL(text, settingsFile)
	if problems.HasErrors() {
		return nil, fmt.Errorf("cannot read Terraform's settings: %w", problems)
	}
	var settings cliSettings
	if problems := gohcl.DecodeBody(file.Body, nil, &settings); problems.HasErrors() {
		return nil, fmt.Errorf("cannot read Terraform's settings: %w", problems)
	}
	var found []string
	if settings.Installation != nil {
		for _, m := range settings.Installation.Mirrors {
			found = append(found, os.ExpandEnv(m.Path))
		}
	}
	if settings.PluginCacheDir != "" {
		found = append(found, os.ExpandEnv(settings.PluginCacheDir))
	}
	return found, nil
}
