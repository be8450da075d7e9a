package image

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

// built is the output that tells whether an image exists, or only its fingerprint does.
const built = "built"

// credentials are the members of registry that are not kept. They are for AWS's registry, to which this plugin pushes
// nothing, so it neither keeps nor uses them.
var credentials = []string{"username", "password"}

// Stored are the inputs to keep in the state: the program's, without credentials, and with the hash of the build
// context, by which the next update finds out that a file has changed.
func Stored(properties *structpb.Struct, contextDigest string) *structpb.Struct {
	inputs := proto.CloneOf(properties)
	registry := inputs.GetFields()["registry"].GetStructValue().GetFields()
	for _, name := range credentials {
		delete(registry, name)
	}
	if text(inputs.Fields["build"]) == Unknown {
		return inputs
	}
	if inputs.Fields["build"].GetStructValue().GetFields() == nil {
		inputs.Fields["build"] = structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{}})
	}
	inputs.Fields["build"].GetStructValue().Fields[ContextDigest] = structpb.NewStringValue(contextDigest)
	return inputs
}

// Outputs are the properties of an image: its inputs, and what they lead to. isBuilt is false where repoDigest is only a
// fingerprint.
func Outputs(properties *structpb.Struct, repoDigest string, isBuilt bool) *structpb.Struct {
	in := Parse(properties)
	outputs := Stored(properties, in.Build.ContextDigest)
	for name, value := range map[string]string{
		"baseImageName":  in.Name,
		"context":        in.Build.Context,
		"dockerfile":     in.Build.Dockerfile,
		"platform":       in.Build.Platform,
		"registryServer": or(in.Server, registryOf(in.Name)),
		"repoDigest":     repoDigest,
	} {
		if value != "" {
			outputs.Fields[name] = structpb.NewStringValue(value)
		}
	}
	outputs.Fields[built] = structpb.NewBoolValue(isBuilt)
	return outputs
}

func registryOf(name string) string {
	if name == Unknown {
		return Unknown
	}
	parsed, err := ParseName(name)
	if err != nil {
		return "" // Check has refused it
	}
	return parsed.Registry()
}

// IsOnlyFingerprint tells, from the outputs, that the image was not built because there was no container engine.
func IsOnlyFingerprint(outputs *structpb.Struct) bool {
	v, ok := outputs.GetFields()[built]
	return ok && !v.GetBoolValue()
}
