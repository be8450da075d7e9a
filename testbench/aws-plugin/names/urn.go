package names

import "strings"

const urnSeparator = "::" // urn:pulumi:STACK::PROJECT::PARENTS$TYPE::NAME

// BridgeURN gives a resource's type in the SDK's terms, and its URN with that type in the bridge's terms. The types of
// its parents stay: the bridge does not read them. What is no URN comes back unchanged, with no type.
func BridgeURN(urn string) (sdkType, bridge string) {
	parts := strings.SplitN(urn, urnSeparator, 4)
	if len(parts) < 4 {
		return "", urn
	}
	parents := ""
	sdkType = parts[2]
	if i := strings.LastIndex(sdkType, "$"); i >= 0 {
		parents, sdkType = sdkType[:i+1], sdkType[i+1:]
	}
	parts[2] = parents + BridgeToken(sdkType)
	return sdkType, strings.Join(parts, urnSeparator)
}

// OfURN gives the resource's own name; names may hold the separator.
func OfURN(urn string) string {
	parts := strings.SplitN(urn, urnSeparator, 4)
	return parts[len(parts)-1]
}
