package provider

import (
	"os"
	"path/filepath"
)

// Remember notes which provider has been verified, in the folder where Fetch would put it: to ask it for its version
// costs a start of it, which a preview need not pay.
func Remember(folder, path string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(folder, "verified")
	if err != nil {
		return err
	}
	defer os.RemoveAll(fresh)
	link := filepath.Join(fresh, "provider")
	if err := os.Symlink(path, link); err != nil {
		return err
	}
	return os.Rename(link, remembered(folder)) // at once, whoever else does the same
}

// Remembered returns the path of the provider that was verified last, unless it is gone.
func Remembered(folder string) (string, bool) {
	path, err := filepath.EvalSymlinks(remembered(folder))
	return path, err == nil
}

func remembered(folder string) string { return filepath.Join(folder, "verified-provider") }
