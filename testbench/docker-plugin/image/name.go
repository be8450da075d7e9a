package image

import (
	"fmt"
	"net"
	"strings"

	"github.com/distribution/reference"
)

// Name is an image's name, as REPOSITORY:TAG.
type Name struct{ named reference.Named }

// ParseName reads an image's name. One with a digest is refused: an image has a digest only after it is built.
func ParseName(name string) (Name, error) {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return Name{}, fmt.Errorf("imageName %q is not an image name: set it to REPOSITORY:TAG (%w)", name, err)
	}
	if _, ok := named.(reference.Digested); ok {
		return Name{}, fmt.Errorf("imageName %q has a digest: set it to REPOSITORY:TAG", name)
	}
	return Name{named}, nil
}

// Repository is the name without its tag, as Docker prints it.
func (n Name) Repository() string { return reference.FamiliarName(n.named) }

// Registry is the host, and port, that the image would be pushed to.
func (n Name) Registry() string { return reference.Domain(n.named) }

// IsOnLoopback tells whether that registry is on this machine and reached by nobody else: 127.0.0.0/8, ::1 or
// localhost.
func (n Name) IsOnLoopback() bool {
	host := n.Registry()
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
