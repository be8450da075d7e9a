package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"

	"computeruse.io/sandbox/testbench/docker-plugin/buildcontext"
	"computeruse.io/sandbox/testbench/docker-plugin/engine"
	"computeruse.io/sandbox/testbench/docker-plugin/image"
)

// Check finds what is wrong with an image's inputs, and adds the hash of the build context to them.
func (p *Provider) Check(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	if err := requireImage(r.Urn); err != nil {
		return nil, err
	}
	if failures := image.Problems(r.News); len(failures) > 0 {
		return &pulumirpc.CheckResponse{Failures: failures}, nil
	}
	digest, build := image.Unknown, image.Parse(r.News).Build
	if build.Context != image.Unknown && build.Dockerfile != image.Unknown {
		var err error
		if digest, err = buildcontext.Hash(build.Context, build.Dockerfile); err != nil {
			return &pulumirpc.CheckResponse{Failures: []*pulumirpc.CheckFailure{{
				Property: "build.context",
				Reason:   fmt.Sprintf("the build context cannot be read: %s", err),
			}}}, nil
		}
	}
	return &pulumirpc.CheckResponse{Inputs: image.Stored(r.News, digest)}, nil
}

// Diff compares inputs. An image that was not built because no engine was at hand is due as soon as one is.
func (p *Provider) Diff(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	if err := requireImage(r.Urn); err != nil {
		return nil, err
	}
	changed := image.Changed(r.OldInputs, r.News)
	response := &pulumirpc.DiffResponse{
		Changes:         pulumirpc.DiffResponse_DIFF_NONE,
		HasDetailedDiff: true,
		DetailedDiff:    map[string]*pulumirpc.PropertyDiff{},
	}
	for path := range changed {
		response.DetailedDiff[path] = &pulumirpc.PropertyDiff{Kind: pulumirpc.PropertyDiff_UPDATE, InputDiff: true}
	}
	if len(changed) == 0 && image.IsOnlyFingerprint(r.Olds) {
		if _, missing := p.builder(); missing == nil {
			response.DetailedDiff["repoDigest"] = &pulumirpc.PropertyDiff{Kind: pulumirpc.PropertyDiff_UPDATE}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(response.DetailedDiff)) {
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
		property, _, _ := strings.Cut(path, ".")
		response.Diffs = append(response.Diffs, property)
	}
	response.Diffs = slices.Compact(response.Diffs)
	return response, nil
}

// Create builds an image. Its ID is the name that it has at first; an update may give it another name.
func (p *Provider) Create(_ context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	outputs, err := p.build(r.Urn, r.Properties, r.Preview)
	if err != nil {
		return nil, err
	}
	id := ""
	if !r.Preview {
		id = outputs.Fields["baseImageName"].GetStringValue()
	}
	return &pulumirpc.CreateResponse{Id: id, Properties: outputs}, nil
}

// Update builds an image again.
func (p *Provider) Update(_ context.Context, r *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	outputs, err := p.build(r.Urn, r.News, r.Preview)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.UpdateResponse{Properties: outputs}, nil
}

func (p *Provider) build(urn string, properties *structpb.Struct, preview bool) (*structpb.Struct, error) {
	if err := requireImage(urn); err != nil {
		return nil, err
	}
	if preview {
		return image.Outputs(properties, image.Unknown, true), nil
	}
	in := image.Parse(properties)
	name, err := image.ParseName(in.Name)
	if err != nil {
		return nil, err
	}
	builder, missing := p.builder()
	if missing != nil {
		p.warn(urn, fmt.Sprintf("No container engine is at hand (%s), so nothing was built and nothing was pushed for %s. Its "+
			"digest only stands for the files that it would be built from: no container can start from it.", missing, in.Name))
		return image.Outputs(properties, name.Repository()+"@"+in.Build.Fingerprint(), false), nil
	}
	if engine.IsForeign(in.Build.Platform) {
		p.info(urn, fmt.Sprintf("%s is built for this machine's processor, not for %s: it runs here only.", in.Name, in.Build.Platform))
	}
	progress := func(line string) { p.progress(urn, line) }
	if err := builder.Build(p.running, in, progress); err != nil {
		return nil, err
	}
	digest, err := builder.Push(p.running, in.Name, progress)
	if err != nil {
		return nil, err
	}
	return image.Outputs(properties, name.Repository()+"@"+digest, true), nil
}

func (p *Provider) info(urn, message string) {
	p.log(&pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_INFO, Urn: urn, Message: message})
}

func (p *Provider) warn(urn, message string) {
	p.log(&pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_WARNING, Urn: urn, Message: message})
}

// progress shows a line for as long as the resource is being worked on.
func (p *Provider) progress(urn, line string) {
	p.log(&pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_INFO, Urn: urn, Message: line, Ephemeral: true})
}

// log cannot fail usefully: an engine that takes no messages is gone, and with it this process.
func (p *Provider) log(r *pulumirpc.LogRequest) { _, _ = p.engine.Log(p.running, r) }
