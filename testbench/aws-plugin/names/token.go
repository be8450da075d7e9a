// Package names holds what the published AWS SDK and the Terraform bridge call the same thing: types, functions,
// properties, and the properties that get a name when the program gives none. Tables and look-ups only.
package names

import "strings"

// Provider is the type of the provider resource, which both sides call the same.
const Provider = "pulumi:providers:aws"

// The bridge puts everything into one module and keeps Terraform's prefixes: aws_kms_key is aws:index/kmsKey:KmsKey.
// Most of the SDK's modules are that prefix with a small first letter; these are not.
var modulePrefixes = map[string]string{
	"index":            "",
	"ec2":              "",
	"servicediscovery": "ServiceDiscovery",
}

// irregularTypes holds the names that no module prefix explains, by the SDK's token.
var irregularTypes = map[string]string{
	"aws:lb/loadBalancer:LoadBalancer": "Lb",
}

// BridgeToken gives the bridge's token for the SDK's token of a type or function. Tokens of other packages, and what
// is no token, come back unchanged.
func BridgeToken(sdk string) string {
	pkg, rest, _ := strings.Cut(sdk, ":")
	modulePath, name, _ := strings.Cut(rest, ":")
	module, _, hasFile := strings.Cut(modulePath, "/")
	if pkg != "aws" || !hasFile || name == "" {
		return sdk
	}
	prefix, irregular := modulePrefixes[module]
	if !irregular {
		prefix = upperFirst(module)
	}
	if what, ok := strings.CutPrefix(name, "get"); ok {
		function := "get" + prefix + what
		return "aws:index/" + function + ":" + function
	}
	bridge, irregular := irregularTypes[sdk]
	if !irregular {
		bridge = prefix + name
	}
	return "aws:index/" + lowerFirst(bridge) + ":" + bridge
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
