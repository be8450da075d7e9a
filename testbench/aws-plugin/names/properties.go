package names

import "computeruse.io/sandbox/testbench/aws-plugin/shape"

// Differences holds, for each SDK type, the properties whose name or form differs between the SDK and the bridge. All
// other properties of the types that the stack has are the same on both sides, nested ones too; this was found by
// comparing the properties that the SDK declares with the bridge's schema.
var Differences = map[string]shape.Differences{
	Provider: {
		"defaultTags":               {List: true},
		"ignoreTags":                {List: true},
		"assumeRole":                {Name: "assumeRoles", List: true},
		"assumeRoleWithWebIdentity": {Name: "assumeRoleWithWebIdentities", List: true},
	},
	"aws:ec2/securityGroup:SecurityGroup":               inlineRules,
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": inlineRules,
	"aws:lb/targetGroup:TargetGroup":                    {"deregistrationDelay": {Text: true}},
}

var inlineRules = shape.Differences{"ingress": {Name: "ingresses"}, "egress": {Name: "egresses"}}
