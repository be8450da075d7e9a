package image_test

import (
	"testing"

	"computeruse.io/sandbox/testbench/docker-plugin/image"
)

func TestRepositoryIsTheNameWithoutItsTag(t *testing.T) {
	for name, want := range map[string][2]string{
		"123456789012.dkr.ecr.us-west-2.amazonaws.com/a/b:one": {
			"123456789012.dkr.ecr.us-west-2.amazonaws.com/a/b", "123456789012.dkr.ecr.us-west-2.amazonaws.com",
		},
		"127.0.0.1:5000/x":   {"127.0.0.1:5000/x", "127.0.0.1:5000"},
		"[::1]:5000/x:one":   {"[::1]:5000/x", "[::1]:5000"},
		"environment:latest": {"environment", "docker.io"},
	} {
		parsed, err := image.ParseName(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := [2]string{parsed.Repository(), parsed.Registry()}; got != want {
			t.Errorf("%s gives %v", name, got)
		}
	}
}

func TestInvalidNamesAreRefused(t *testing.T) {
	const digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	for _, name := range []string{"", "a b", "UPPER", "x:", "x@" + digest, "x:one@" + digest, "https://x/y"} {
		if _, err := image.ParseName(name); err == nil {
			t.Errorf("%q is accepted", name)
		}
	}
}
