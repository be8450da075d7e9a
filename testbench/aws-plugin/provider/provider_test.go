package provider_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"computeruse.io/sandbox/testbench/aws-plugin/provider"
)

const (
	rightAnswer = "echo 'This binary is a plugin: terraform-provider-aws@5.100.0 (abc)' >&2; exit 1\n"
	wrongAnswer = "echo 'terraform-provider-aws@5.99.0 (abc)' >&2; exit 1\n"
)

// program writes an executable script.
func program(t *testing.T, path, script string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// inMirror is where Terraform keeps the provider below a folder.
func inMirror(folder string) string {
	return filepath.Join(folder, "registry.example", "hashicorp", "aws", provider.Version,
		runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-aws_v"+provider.Version+"_x5")
}

// bareHome makes a home with nothing of Terraform's in it, and no settings in the environment.
func bareHome(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	for _, name := range []string{
		"TF_AWS_PROVIDER", "TF_PLUGIN_CACHE_DIR", "TF_CLI_CONFIG_FILE", "TERRAFORM_CONFIG", "XDG_DATA_HOME", "XDG_DATA_DIRS",
	} {
		t.Setenv(name, "")
	}
	return home
}

func TestProviderOfTheEnvironmentVariableComesFirst(t *testing.T) {
	home := bareHome(t)
	program(t, inMirror(filepath.Join(home, ".terraform.d", "plugins")), rightAnswer)
	named := program(t, filepath.Join(t.TempDir(), "provider"), rightAnswer)
	t.Setenv("TF_AWS_PROVIDER", named)
	if got, err := provider.Find(t.TempDir()); err != nil || got != named {
		t.Errorf("got %q, %v", got, err)
	}
	t.Setenv("TF_AWS_PROVIDER", program(t, filepath.Join(t.TempDir(), "provider"), wrongAnswer))
	_, err := provider.Find(t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "5.99.0") || provider.IsNotFound(err) {
		t.Errorf("another version: %v", err)
	}
	t.Setenv("TF_AWS_PROVIDER", filepath.Join(home, "none"))
	if _, err := provider.Find(t.TempDir()); err == nil || provider.IsNotFound(err) {
		t.Errorf("no such file: %v", err)
	}
}

func TestProviderIsFoundWhereTerraformKeepsIt(t *testing.T) {
	for where, folder := range map[string]func(home string) string{
		"the home's plugins": func(home string) string { return filepath.Join(home, ".terraform.d", "plugins") },
		"the cache": func(string) string {
			cache := t.TempDir()
			t.Setenv("TF_PLUGIN_CACHE_DIR", cache)
			return cache
		},
		"a mirror of the settings": func(home string) string {
			mirror := t.TempDir()
			settings := "provider_installation {\n  filesystem_mirror {\n    path = \"" + mirror + "\"\n  }\n}\ndisable_checkpoint = true\n"
			if err := os.WriteFile(filepath.Join(home, ".terraformrc"), []byte(settings), 0o600); err != nil {
				t.Fatal(err)
			}
			return mirror
		},
	} {
		want := program(t, inMirror(folder(bareHome(t))), rightAnswer)
		if got, err := provider.Find(t.TempDir()); err != nil || got != want {
			t.Errorf("%s: got %q, %v", where, got, err)
		}
	}
}

func TestFailedFetchIsAnError(t *testing.T) {
	bareHome(t)
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	if err := provider.Fetch(t.TempDir(), &bytes.Buffer{}); !errors.Is(err, provider.ErrNoTerraform) {
		t.Errorf("without terraform: %v", err)
	}
	program(t, filepath.Join(bin, "terraform"), "echo no network >&2; exit 1\n")
	var progress bytes.Buffer
	if err := provider.Fetch(t.TempDir(), &progress); err == nil || !strings.Contains(progress.String(), "no network") {
		t.Errorf("a terraform that fails: %v, %q", err, progress.String())
	}
}

func TestErrorForAnAbsentProviderNamesPlacesAndFix(t *testing.T) {
	err := &provider.NotFoundError{Looked: []string{"/a", "/b"}, Problems: []error{errors.New("/a/x is another version")}}
	for _, want := range []string{"5.100.0", "make tools", "TF_AWS_PROVIDER", "/a, /b", "/a/x is another version"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q lacks %q", err, want)
		}
	}
	if !provider.IsNotFound(err) {
		t.Error("it does not count as absent")
	}
}
