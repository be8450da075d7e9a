// Package provider finds the real Terraform AWS provider on this machine, where Terraform itself would find it.
package provider

import "runtime"

// Version is the only version that will do: com.pulumi:aws 6.83.0 was made from it.
const Version = "5.100.0"

// platform is this machine in Terraform's words, as in linux_amd64.
func platform() string { return runtime.GOOS + "_" + runtime.GOARCH }
