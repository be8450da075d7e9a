package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"computeruse.io/sandbox/testbench/docker-plugin/image"
)

const (
	elsewhere   = "123456789012.dkr.ecr.us-west-2.amazonaws.com/sandbox"
	noEngine    = "SANDBOX_CONTAINER_ENGINE="
	emptyImage  = "FROM scratch\nCOPY hello.txt /hello.txt\n"
	fingerprint = `@sha256:[0-9a-f]{64}$`
)

func newProgram(t *testing.T, environment ...string) *engine {
	t.Helper()
	e := start(t, environment...)
	e.write("app/Dockerfile", emptyImage)
	e.write("app/hello.txt", "hello\n")
	return e
}

func TestWithoutEngineDigestStandsForTheContextAndAWarningSaysSo(t *testing.T) {
	e := newProgram(t, noEngine)
	inputs := e.check(imageInputs(elsewhere + ":one"))
	outputs := e.create(inputs, false)
	first := outputs["repoDigest"].(string)
	if !regexp.MustCompile("^" + regexp.QuoteMeta(elsewhere) + fingerprint).MatchString(first) {
		t.Errorf("repoDigest is %q", first)
	}
	for _, want := range []string{"No container engine is at hand", "nothing was built", "nothing was pushed", elsewhere + ":one"} {
		if !strings.Contains(e.warnings(), want) {
			t.Errorf("the warnings lack %q: %s", want, e.warnings())
		}
	}
	if again := e.create(inputs, false)["repoDigest"]; again != first {
		t.Errorf("the same context gives %v, then %v", first, again)
	}
	e.write("app/hello.txt", "changed\n")
	if other := e.create(e.check(imageInputs(elsewhere+":one")), false)["repoDigest"]; other == first {
		t.Error("another context gives the same digest")
	}
	for name, want := range map[string]any{
		"imageName": elsewhere + ":one", "baseImageName": elsewhere + ":one", "registryServer": "https://registry.example",
		"context": "app", "dockerfile": "app/Dockerfile",
	} {
		if outputs[name] != want {
			t.Errorf("%s is %v, not %v", name, outputs[name], want)
		}
	}
}

func TestDigestOfWhatIsNotBuiltFollowsTargetPlatformAndArguments(t *testing.T) {
	e := newProgram(t, noEngine)
	seen := map[any]string{}
	for what, change := range map[string]map[string]any{
		"nothing":  {},
		"target":   {"target": "final"},
		"platform": {"platform": "linux/arm64"},
		"argument": {"args": map[string]any{"A": "1"}},
		"value":    {"args": map[string]any{"A": "2"}},
	} {
		inputs := imageInputs(elsewhere + ":one")
		for key, value := range change {
			inputs["build"].(map[string]any)[key] = value
		}
		digest := e.create(e.check(inputs), false)["repoDigest"]
		if seen[digest] != "" {
			t.Errorf("%s gives the digest of %s", what, seen[digest])
		}
		seen[digest] = what
	}
}

func TestCredentialsAreInNoStateAndNoDifference(t *testing.T) {
	e := newProgram(t, noEngine)
	inputs := e.check(imageInputs(elsewhere + ":one"))
	outputs := e.create(inputs, false)
	for what, state := range map[string]string{"inputs": inputs.String(), "outputs": properties(t, outputs).String()} {
		if strings.Contains(state, "hunter2") || strings.Contains(state, "AWS") {
			t.Errorf("credentials are among the %s: %s", what, state)
		}
	}
	other := imageInputs(elsewhere + ":one")
	other["registry"].(map[string]any)["password"] = "another"
	if d := e.diff(outputs, properties(t, imageInputs(elsewhere+":one")), properties(t, other)); d.DetailedDiff["registry.password"] != nil {
		t.Errorf("a password counts as a difference: %v", d)
	}
	if d := e.diff(outputs, inputs, e.check(other)); d.Changes != pulumirpc.DiffResponse_DIFF_NONE {
		t.Errorf("a password counts as a difference: %v", d)
	}
}

func TestChangedContextAndNameAreUpdatesAndNotReplacements(t *testing.T) {
	e := newProgram(t, noEngine)
	inputs := e.check(imageInputs(elsewhere + ":one"))
	outputs := e.create(inputs, false)
	if d := e.diff(outputs, inputs, e.check(imageInputs(elsewhere+":one"))); d.Changes != pulumirpc.DiffResponse_DIFF_NONE {
		t.Errorf("nothing has changed, but: %v", d)
	}
	e.write("app/hello.txt", "changed\n")
	for path, news := range map[string]map[string]any{
		"build.contextDigest": imageInputs(elsewhere + ":one"),
		"imageName":           imageInputs(elsewhere + ":two"),
	} {
		d := e.diff(outputs, inputs, e.check(news))
		if d.Changes != pulumirpc.DiffResponse_DIFF_SOME || d.DetailedDiff[path] == nil {
			t.Errorf("%s is not among the differences: %v", path, d)
		}
		if len(d.Replaces) > 0 || d.DetailedDiff[path].GetKind() != pulumirpc.PropertyDiff_UPDATE {
			t.Errorf("%s replaces the image: %v", path, d)
		}
	}
	e.write("app/.dockerignore", "*\n!hello.txt\n")
	before := e.check(imageInputs(elsewhere + ":one"))
	e.write("app/notes.txt", "ignored\n")
	if d := e.diff(outputs, before, e.check(imageInputs(elsewhere+":one"))); d.Changes != pulumirpc.DiffResponse_DIFF_NONE {
		t.Errorf("an ignored file counts: %v", d)
	}
}

func TestPreviewKnowsNoDigestAndBuildsNothing(t *testing.T) {
	e := newProgram(t, noEngine)
	for what, inputs := range map[string]map[string]any{
		"everything known":    imageInputs(elsewhere + ":one"),
		"the name unknown":    imageInputs(image.Unknown),
		"the build unknown":   {"imageName": elsewhere + ":one", "build": image.Unknown},
		"the context unknown": {"imageName": elsewhere + ":one", "build": map[string]any{"context": image.Unknown}},
		"the registry too":    {"imageName": image.Unknown, "build": map[string]any{"context": "app"}, "registry": image.Unknown},
	} {
		checked := e.check(inputs)
		if digest := e.create(checked, true)["repoDigest"]; digest != image.Unknown {
			t.Errorf("with %s repoDigest is %v", what, digest)
		}
		response, err := e.Update(t.Context(), &pulumirpc.UpdateRequest{Urn: urn, Id: "id", News: checked, Preview: true})
		if err != nil || response.Properties.AsMap()["repoDigest"] != image.Unknown {
			t.Errorf("with %s an update gives %v %v", what, response, err)
		}
	}
	if e.warnings() != "" {
		t.Errorf("a preview warns: %s", e.warnings())
	}
}

func TestErrorForAnImpossibleImageNamesTheFix(t *testing.T) {
	e := newProgram(t, noEngine)
	build := func(key string, value any) map[string]any {
		inputs := imageInputs(elsewhere + ":one")
		inputs["build"].(map[string]any)[key] = value
		return inputs
	}
	for property, c := range map[string]struct {
		inputs map[string]any
		want   []string
	}{
		"build.context":        {build("context", "images/none"), []string{"images/none", "set build.context", e.program}},
		"build.dockerfile":     {build("dockerfile", "app/Other"), []string{"app/Other", "set build.dockerfile", e.program}},
		"build.builderVersion": {build("builderVersion", "Mine"), []string{"Mine", "BuilderBuildKit"}},
		"build.network":        {build("network", "host"), []string{"build.network", "leave it out"}},
		"imageName":            {imageInputs("No Such Name"), []string{"No Such Name", "REPOSITORY:TAG"}},
	} {
		reason := e.failures(c.inputs)[property]
		for _, want := range c.want {
			if !strings.Contains(reason, want) {
				t.Errorf("%s: %q lacks %q", property, reason, want)
			}
		}
	}
	if reason := e.failures(map[string]any{"build": map[string]any{"context": "app"}})["imageName"]; !strings.Contains(reason, "missing") {
		t.Errorf("a missing name: %q", reason)
	}
}

func TestRefreshGivesTheStateAsItIs(t *testing.T) {
	e := newProgram(t, noEngine)
	inputs := e.check(imageInputs(elsewhere + ":one"))
	outputs := properties(t, e.create(inputs, false))
	response, err := e.Read(t.Context(), &pulumirpc.ReadRequest{Urn: urn, Id: "id", Properties: outputs, Inputs: inputs})
	if err != nil {
		t.Fatal(err)
	}
	if response.Id != "id" || response.Properties.String() != outputs.String() || response.Inputs.String() != inputs.String() {
		t.Errorf("Read gives %v", response)
	}
	if _, err := e.Delete(t.Context(), &pulumirpc.DeleteRequest{Urn: urn, Id: "id"}); err != nil {
		t.Error(err)
	}
}

func TestAnythingElseIsRefusedByName(t *testing.T) {
	e := start(t, noEngine)
	const container = "urn:pulumi:local::sandbox::docker:index/container:Container::c"
	_, byCheck := e.Check(t.Context(), &pulumirpc.CheckRequest{Urn: container, News: properties(t, nil)})
	_, byCreate := e.Create(t.Context(), &pulumirpc.CreateRequest{Urn: container, Properties: properties(t, nil)})
	for what, err := range map[string]error{"Check": byCheck, "Create": byCreate} {
		if status.Code(err) != codes.Unimplemented || !strings.Contains(err.Error(), "docker:index/container:Container") {
			t.Errorf("%s of a container: %v", what, err)
		}
	}
	_, err := e.Invoke(t.Context(), &pulumirpc.InvokeRequest{Tok: "docker:index/getNetwork:getNetwork"})
	if status.Code(err) != codes.Unimplemented || !strings.Contains(err.Error(), "getNetwork") {
		t.Errorf("a function: %v", err)
	}
	info, err := e.GetPluginInfo(t.Context(), &emptypb.Empty{})
	if err != nil || info.Version != "4.11.2" {
		t.Errorf("version: %v %v", info, err)
	}
	config, err := e.CheckConfig(t.Context(), &pulumirpc.CheckRequest{News: properties(t, map[string]any{"version": "4.11.2", "host": "tcp://x"})})
	if err != nil || len(config.Failures) != 1 || config.Failures[0].Property != "host" {
		t.Errorf("the setting host: %v %v", config, err)
	}
}

// TestAnEngineBuildsAndPushes shows that the digest is the registry's, and that a failed build is an error. The engine is a
// script: real ones build the sandbox's images in the tests of the local AWS.
func TestAnEngineBuildsAndPushes(t *testing.T) {
	const digest = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	command := filepath.Join(t.TempDir(), "engine")
	script := "#!/bin/sh\ncase \"$1\" in --version) echo podman version 4.3.1 ;; push) echo " + digest + " > \"$5\" ;; " +
		"build) ! grep -q no-such-file app/Dockerfile || { echo no-such-file; exit 1; } ;; esac\n"
	if err := os.WriteFile(command, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	e := newProgram(t, "SANDBOX_CONTAINER_ENGINE="+command, "SANDBOX_REGISTRY=127.0.0.1:5000")
	if got := e.create(e.check(imageInputs(elsewhere+":one")), false)["repoDigest"]; got != elsewhere+"@"+digest {
		t.Errorf("repoDigest is %v", got)
	}
	e.write("app/Dockerfile", emptyImage+"COPY no-such-file /\n")
	_, err := e.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn, Properties: e.check(imageInputs(elsewhere + ":one"))})
	if err == nil || !strings.Contains(err.Error(), "no-such-file") {
		t.Errorf("a build that must fail: %v", err)
	}
}
