package provider

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fakeTerraform installs an empty provider as `terraform init` does.
const fakeTerraform = `#!/bin/sh
[ "$1" = "-chdir=$FOLDER" ] && [ "$2" = init ] && grep -q 5.100.0 "$FOLDER/versions.tf" || exit 1
provider="$TF_DATA_DIR/providers/registry.example/hashicorp/aws/5.100.0/$PLATFORM/terraform-provider-aws_v5.100.0_x5"
mkdir -p "${provider%/*}" && touch "$provider"
echo fetched
`

func TestFetchedProviderIsFound(t *testing.T) {
	bin, folder := t.TempDir(), filepath.Join(t.TempDir(), "terraform")
	if err := os.WriteFile(filepath.Join(bin, "terraform"), []byte(fakeTerraform), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("FOLDER", folder)
	t.Setenv("PLATFORM", platform())
	var progress bytes.Buffer
	if err := Fetch(folder, &progress); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(progress.String(), "fetched") {
		t.Errorf("the progress is %q", progress.String())
	}
	places := roots(t.TempDir(), nil, folder)
	if !slices.ContainsFunc(places, func(root string) bool { return strings.HasPrefix(root, folder) && len(installed(root)) == 1 }) {
		t.Errorf("it is in none of %v", places)
	}
}
