package image

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

// objects are the properties whose members are compared one by one, so that a preview names the one that changes.
var objects = []string{"build", "registry"}

// Changed are the paths of the inputs that differ. Credentials are left out, because they differ each time.
func Changed(old, new *structpb.Struct) map[string]bool {
	before, after := flat(old), flat(new)
	changed := map[string]bool{}
	for path, value := range before {
		if !proto.Equal(value, after[path]) {
			changed[path] = true
		}
	}
	for path := range after {
		if before[path] == nil {
			changed[path] = true
		}
	}
	return changed
}

func flat(properties *structpb.Struct) map[string]*structpb.Value {
	values := map[string]*structpb.Value{}
	for name, value := range properties.GetFields() {
		values[name] = value
	}
	for _, name := range objects {
		object := values[name].GetStructValue()
		if object == nil { // absent, or unknown
			continue
		}
		delete(values, name)
		for member, value := range object.GetFields() {
			values[name+"."+member] = value
		}
	}
	for _, name := range credentials {
		delete(values, "registry."+name)
	}
	return values
}
