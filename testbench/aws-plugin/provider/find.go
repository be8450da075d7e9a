package provider

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// NotFoundError says where the provider was looked for, and what to do.
type NotFoundError struct {
	Looked   []string // folders that were searched
	Problems []error  // what was found but will not do
}

func (e *NotFoundError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "terraform-provider-aws %s for %s is not on this machine.\n", Version, platform())
	fmt.Fprintf(&b, "Install Terraform and run `make tools`, which then fetches it with `terraform init`; "+
		"or put it into ~/.terraform.d/plugins/HOST/hashicorp/aws/%s/%s/; or set TF_AWS_PROVIDER to its path.\n", Version, platform())
	fmt.Fprintf(&b, "Looked in: %s", strings.Join(e.Looked, ", "))
	for _, p := range e.Problems {
		fmt.Fprintf(&b, "\n%v", p)
	}
	return b.String()
}

// Find returns the path of the provider's executable: TF_AWS_PROVIDER, or the first in Terraform's own places, or in
// the folder where Fetch puts it. What it returns has answered with its name and version.
func Find(fetched string) (string, error) {
	if path := os.Getenv("TF_AWS_PROVIDER"); path != "" {
		if err := verify(path); err != nil {
			return "", fmt.Errorf("TF_AWS_PROVIDER: %w", err)
		}
		return path, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	notFound := &NotFoundError{}
	named, err := folders(settingsFile(home))
	if err != nil {
		notFound.Problems = append(notFound.Problems, err)
	}
	for _, root := range roots(home, named, fetched) {
		notFound.Looked = append(notFound.Looked, root)
		for _, path := range installed(root) {
			if err := verify(path); err != nil {
				notFound.Problems = append(notFound.Problems, err)
				continue
			}
			return path, nil
		}
	}
	return "", notFound
}

// roots are the folders in which Terraform keeps unpacked providers, in the order in which they are searched. Some may
// hold wildcards, and most do not exist.
func roots(home string, named []string, fetched string) []string {
	all := append([]string{}, named...)
	if cache := os.Getenv("TF_PLUGIN_CACHE_DIR"); cache != "" {
		all = append(all, cache)
	}
	all = append(all,
		filepath.Join(home, ".terraform.d", "plugins"),
		filepath.Join(home, ".local", "share", "terraform", "plugins"),
		filepath.Join(home, "Library", "Application Support", "io.terraform", "plugins"),
	)
	for _, data := range filepath.SplitList(os.Getenv("XDG_DATA_HOME") + string(os.PathListSeparator) + os.Getenv("XDG_DATA_DIRS")) {
		if data != "" {
			all = append(all, filepath.Join(data, "terraform", "plugins"))
		}
	}
	return append(all,
		"/usr/local/share/terraform/plugins",
		"/usr/share/terraform/plugins",
		"/opt/*", // where administrators and images put a mirror
		providersOf(fetched),
	)
}

// installed lists the executables of the right version below a root, in Terraform's layout; any host will do.
func installed(root string) []string {
	pattern := filepath.Join(root, "*", "hashicorp", "aws", Version, platform(), "terraform-provider-aws_v"+Version+"*")
	paths, err := filepath.Glob(pattern)
	if err != nil { // the root is no pattern, such as one with an open bracket: nothing is found there
		return nil
	}
	sort.Strings(paths)
	return paths
}

// IsNotFound tells an absent provider, which may be fetched, from one that is wrong.
func IsNotFound(err error) bool {
	var notFound *NotFoundError
	return errors.As(err, &notFound)
}
