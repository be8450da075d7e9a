package image

import (
	"fmt"
	"os"
	"slices"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

const (
	buildKit       = "BuilderBuildKit"
	classicBuilder = "BuilderV1"
)

// unsupported are the properties that the published provider knows and this one does not: ignoring one quietly would
// build another image than the program asks for.
var unsupported = []string{"addHosts", "cacheFrom", "network"}

// Problems are the reasons why an image cannot be built from properties, each with its fix. What is unknown is no
// problem yet.
func Problems(properties *structpb.Struct) []*pulumirpc.CheckFailure {
	var failures []*pulumirpc.CheckFailure
	problem := func(property, format string, a ...any) {
		failures = append(failures, &pulumirpc.CheckFailure{Property: property, Reason: fmt.Sprintf(format, a...)})
	}
	in := Parse(properties)
	if in.Name == "" {
		problem("imageName", "imageName is missing: set it to REPOSITORY:TAG")
	} else if in.Name != Unknown {
		if _, err := ParseName(in.Name); err != nil {
			problem("imageName", "%s", err)
		}
	}
	build := at(structpb.NewStructValue(properties), "build")
	for _, name := range unsupported {
		if at(build, name) != nil && text(build) != Unknown {
			problem("build."+name, "build.%s is not supported by the local stack's Docker plugin: leave it out", name)
		}
	}
	if version := text(at(build, "builderVersion")); !slices.Contains([]string{"", buildKit, classicBuilder, Unknown}, version) {
		problem("build.builderVersion", "build.builderVersion is %q: set it to %s or %s", version, buildKit, classicBuilder)
	}
	if in.Build.Context != Unknown {
		if info, err := os.Stat(in.Build.Context); err != nil || !info.IsDir() {
			problem("build.context", "%q is not a folder: set build.context to the folder to build from, relative to %s",
				in.Build.Context, workingFolder())
		}
	}
	if in.Build.Dockerfile != Unknown {
		if info, err := os.Stat(in.Build.Dockerfile); err != nil || !info.Mode().IsRegular() {
			problem("build.dockerfile", "%q is not a file: set build.dockerfile to the Dockerfile, relative to %s",
				in.Build.Dockerfile, workingFolder())
		}
	}
	return failures
}

func workingFolder() string {
	folder, err := os.Getwd()
	if err != nil {
		return "the program's folder"
	}
	return folder
}
