package shape

import "regexp"

var (
	firstName  = regexp.MustCompile(`^([A-Za-z0-9_]+)(.*)$`)
	firstIndex = regexp.MustCompile(`^\[(\d+|\*)\]`)
)

// Path converts a property path, such as "ingress[0].cidrBlocks". Paths that it cannot read stay as they are.
func (ds Differences) Path(path string, to Direction) string {
	m := firstName.FindStringSubmatch(path)
	if m == nil || len(ds) == 0 {
		return path
	}
	name, d := ds.find(m[1], to)
	index := firstIndex.FindString(m[2])
	rest := m[2][len(index):]
	switch {
	case d.unwraps(to):
		index = ""
	case d.wraps(to) && index == "" && rest != "":
		index = "[0]"
	}
	return name + index + rest
}

// Paths converts each path in place.
func (ds Differences) Paths(paths []string, to Direction) {
	for i, p := range paths {
		paths[i] = ds.Path(p, to)
	}
}
