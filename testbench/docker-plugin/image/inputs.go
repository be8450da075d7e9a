// Package image holds the properties of docker:index/image:Image as the SDK sends them, and what follows from them.
package image

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"google.golang.org/protobuf/types/known/structpb"
)

const (
	// Unknown is how Pulumi writes a value that a preview does not know yet.
	Unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
	// ContextDigest is the key, in the build's inputs, under which the state keeps the hash of the build context.
	ContextDigest = "contextDigest"
)

// Inputs are an image's properties. On a preview any text may be Unknown.
type Inputs struct {
	Name     string
	Server   string // the registry's, as the program gives it; may be empty
	SkipPush bool
	Build    Build
}

// Build says how an image is built. Paths are relative to the program's folder, in which the engine starts plugins.
type Build struct {
	Context       string
	Dockerfile    string
	Target        string
	Platform      string
	Args          map[string]string
	Classic       bool // "BuilderV1" instead of BuildKit
	ContextDigest string
}

// Parse reads properties that may be incomplete; Problems tells what is wrong with them.
func Parse(properties *structpb.Struct) Inputs {
	top := structpb.NewStructValue(properties)
	build := at(top, "build")
	in := Inputs{
		Name:     text(at(top, "imageName")),
		Server:   text(at(at(top, "registry"), "server")),
		SkipPush: at(top, "skipPush").GetBoolValue(),
		Build: Build{
			Context:       or(text(at(build, "context")), "."),
			Target:        text(at(build, "target")),
			Platform:      text(at(build, "platform")),
			Args:          map[string]string{},
			Classic:       text(at(build, "builderVersion")) == classicBuilder,
			ContextDigest: text(at(build, ContextDigest)),
		},
	}
	in.Build.Dockerfile = text(at(build, "dockerfile"))
	if in.Build.Dockerfile == "" && in.Build.Context == Unknown {
		in.Build.Dockerfile = Unknown
	}
	in.Build.Dockerfile = or(in.Build.Dockerfile, filepath.Join(in.Build.Context, "Dockerfile"))
	for name, value := range at(build, "args").GetStructValue().GetFields() {
		in.Build.Args[name] = text(value)
	}
	return in
}

// at gives a member of an object; of an unknown object every member is unknown.
func at(object *structpb.Value, member string) *structpb.Value {
	if text(object) == Unknown {
		return object
	}
	return object.GetStructValue().GetFields()[member]
}

func text(v *structpb.Value) string { return v.GetStringValue() }

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

// Fingerprint is a digest that stands for a build which did not happen: it changes whenever what would be built
// changes, and only then. It is the digest of no image.
func (b Build) Fingerprint() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "context %q\ntarget %q\nplatform %q\n", b.ContextDigest, b.Target, b.Platform)
	for _, name := range b.ArgNames() {
		fmt.Fprintf(sum, "arg %q %q\n", name, b.Args[name])
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil))
}

// ArgNames are the names of the build's arguments, sorted.
func (b Build) ArgNames() []string { return slices.Sorted(maps.Keys(b.Args)) }
