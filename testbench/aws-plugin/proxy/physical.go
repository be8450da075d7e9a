package proxy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"unicode/utf8"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"computeruse.io/sandbox/testbench/aws-plugin/names"
)

const randomDigits = 7 // hexadecimal, as the published plugin appends

// namePhysically gives a new resource a name on AWS where the program gives none, and returns the property that holds
// it, or "" where the type has no such property or the program names it. A name that AWS would refuse is a failure.
func namePhysically(sdkType, name string, r *pulumirpc.CheckRequest) (string, *pulumirpc.CheckFailure) {
	physical, ok := names.PhysicalNames[sdkType]
	if !ok || isPresent(r.News, names.NameProperty) {
		return "", nil
	}
	if isPresent(r.News, names.NameProperty+"Prefix") {
		// Terraform's protocol does not tell the bridge that the two properties exclude each other, so it would add a name.
		// The published plugin is built from the provider's source, knows it, and adds none.
		r.Autonaming = &pulumirpc.CheckRequest_AutonamingOptions{Mode: pulumirpc.CheckRequest_AutonamingOptions_DISABLE}
		return "", nil
	}
	if isDefault(r.Olds, names.NameProperty) { // keep the name, because another one would replace the resource
		r.News.Fields[names.NameProperty] = r.Olds.Fields[names.NameProperty]
		return names.NameProperty, nil
	}
	if physical.Adapt != nil {
		name = physical.Adapt(name)
	}
	if options := r.GetAutonaming(); options == nil {
		sum := sha256.Sum256(r.RandomSeed)
		name += "-" + hex.EncodeToString(sum[:])[:randomDigits]
	} else if options.Mode == pulumirpc.CheckRequest_AutonamingOptions_DISABLE {
		return "", nil
	} else {
		name = options.ProposedName
	}
	if length := utf8.RuneCountInString(name); length > physical.MaxLength {
		return names.NameProperty, &pulumirpc.CheckFailure{
			Property: names.NameProperty,
			Reason: fmt.Sprintf("%q has %d characters and AWS allows %d: shorten the resource's name or set %q",
				name, length, physical.MaxLength, names.NameProperty),
		}
	}
	r.News.Fields[names.NameProperty] = structpb.NewStringValue(name)
	return names.NameProperty, nil
}

// hasFixedName tells whether the program itself names the resource and keeps that name: two cannot exist side by side.
func hasFixedName(sdkType string, r *pulumirpc.DiffRequest) bool {
	if _, ok := names.PhysicalNames[sdkType]; !ok {
		return false
	}
	name := r.News.GetFields()[names.NameProperty]
	return name != nil && proto.Equal(name, r.OldInputs.GetFields()[names.NameProperty]) && !isDefault(r.News, names.NameProperty)
}

func isDefault(inputs *structpb.Struct, property string) bool {
	for _, v := range inputs.GetFields()[defaultsKey].GetListValue().GetValues() {
		if v.GetStringValue() == property {
			return true
		}
	}
	return false
}

func isPresent(inputs *structpb.Struct, property string) bool {
	v, ok := inputs.GetFields()[property]
	_, null := v.GetKind().(*structpb.Value_NullValue)
	return ok && !null
}
