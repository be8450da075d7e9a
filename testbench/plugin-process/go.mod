// What every plugin process of the test bench needs: it listens on loopback only and ends with all that it started.
module computeruse.io/sandbox/testbench/plugin-process

go 1.25.11

require (
	golang.org/x/sys v0.47.0
	google.golang.org/grpc v1.83.1
)

require (
	golang.org/x/net v0.55.0 // indirect
	golang.org/x/text v0.37.0 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20260526163538-3dc84a4a5aaa // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)
