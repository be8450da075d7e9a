package provider_test

import (
	"os"
	"path/filepath"
	"testing"

	"computeruse.io/sandbox/testbench/aws-plugin/provider"
)

func TestTheVerifiedProviderIsRememberedUntilItIsGone(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "terraform")
	if path, ok := provider.Remembered(folder); ok {
		t.Errorf("%q is remembered before there was any", path)
	}
	home := bareHome(t)
	older := program(t, filepath.Join(home, "older"), rightAnswer)
	newer := program(t, filepath.Join(home, "newer"), rightAnswer)
	for _, path := range []string{older, newer} {
		if err := provider.Remember(folder, path); err != nil {
			t.Fatal(err)
		}
	}
	if path, ok := provider.Remembered(folder); !ok || path != newer {
		t.Errorf("got %q, %v", path, ok)
	}
	if err := os.Remove(newer); err != nil {
		t.Fatal(err)
	}
	if path, ok := provider.Remembered(folder); ok {
		t.Errorf("%q is remembered although it is gone", path)
	}
}
