package provider

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"time"
)

// answerTime bounds how long a provider may take to say who it is.
const answerTime = 30 * time.Second

// banner is what the provider prints when it starts.
const banner = "terraform-provider-aws@" + Version

// verify starts an executable without what a provider needs to serve, so that it says its name and version and exits.
func verify(path string) error {
	ctx, cancel := context.WithTimeout(context.Background(), answerTime)
	defer cancel()
	// The exit code says nothing: a provider that is started by hand always fails.
	output, err := exec.CommandContext(ctx, path).CombinedOutput()
	if bytes.Contains(output, []byte(banner+" ")) {
		return nil
	}
	if len(output) == 0 && err != nil {
		return fmt.Errorf("%s does not run: %w", path, err)
	}
	firstLine, _, _ := bytes.Cut(bytes.TrimSpace(output), []byte("\n"))
	return fmt.Errorf("%s does not answer as %s, but: %q", path, banner, firstLine)
}
