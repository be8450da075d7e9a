package provider

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// requirement makes `terraform init` install the provider and nothing else.
const requirement = `terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "` + Version + `"
    }
  }
}
`

// ErrNoTerraform says that the provider cannot be fetched.
var ErrNoTerraform = errors.New("terraform is not on PATH, so it cannot be fetched")

// Fetch installs the provider below a folder with `terraform init`, which obeys the user's own mirrors and proxies.
// Terraform's progress goes to the writer.
func Fetch(folder string, progress io.Writer) error {
	terraform, err := exec.LookPath("terraform")
	if err != nil {
		return ErrNoTerraform
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "versions.tf"), []byte(requirement), 0o644); err != nil {
		return err
	}
	command := exec.Command(terraform, "-chdir="+folder, "init", "-backend=false", "-input=false", "-no-color")
	command.Stdout, command.Stderr = progress, progress
	command.Env = append(os.Environ(), "TF_DATA_DIR="+dataFolder(folder), "CHECKPOINT_DISABLE=1")
	if err := command.Run(); err != nil {
		return fmt.Errorf("terraform init in %s failed: %w", folder, err)
	}
	return nil
}

func dataFolder(folder string) string { return filepath.Join(folder, ".terraform") }

// providersOf is the folder, in the layout of a mirror, in which Fetch leaves what it installed.
func providersOf(folder string) string { return filepath.Join(dataFolder(folder), "providers") }
