package provider

import (
	"os"
	"path/filepath"
)

// Remember notes which provider has been verified, in the folder where Fetch would put it, so that not every preview has
// to start the provider once more to ask for its version.
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
	return os.Rename(link, remembered(folder)) // atomic, so that processes may do this at the same time
}

// Remembered returns the path of the provider that was verified last, unless it is gone.
func Remembered(folder string) (string, bool) {
	path, err := filepath.EvalSymlinks(remembered(folder))
	return path, err == nil
}

func remembered(folder string) string { return filepath.Join(folder, "verified-provider") }
