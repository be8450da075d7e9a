// Package shape converts bags of properties between two forms of the same resource: the one of the published SDK and
// the one of the Terraform bridge. It knows nothing of AWS; what differs is given as Differences.
package shape

// Direction says which form a conversion starts from and ends in.
type Direction bool

const (
	ToBridge Direction = true
	ToSDK    Direction = false
)

// Difference says how the bridge's form of one property differs from the SDK's. Its zero value is "not at all".
type Difference struct {
	Name string // the bridge's name, where it is another one
	List bool   // SDK: one value; bridge: a list of it
	Text bool   // SDK: a number; bridge: a string
}

// Differences holds the properties of one object that differ, by the SDK's name.
type Differences map[string]Difference

func (d Difference) bridgeName(sdk string) string {
	if d.Name != "" {
		return d.Name
	}
	return sdk
}

// find looks a property up by the name on the side where the conversion starts; it returns the name on the other side.
func (ds Differences) find(name string, to Direction) (string, Difference) {
	if to == ToBridge {
		d := ds[name]
		return d.bridgeName(name), d
	}
	for sdk, d := range ds {
		if d.bridgeName(sdk) == name {
			return sdk, d
		}
	}
	return name, Difference{}
}

// unwraps tells whether the conversion turns a list into its only item.
func (d Difference) unwraps(to Direction) bool { return d.List && to == ToSDK }

// wraps tells whether the conversion turns a value into a list of it.
func (d Difference) wraps(to Direction) bool { return d.List && to == ToBridge }
