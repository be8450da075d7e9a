// Package ahead hands a plugin that was started ahead of the engine's need to the engine. Starting the bridge and the
// provider takes as long as starting the program, and the engine does the one after the other.
//
// Whoever runs the engine starts one plugin that waits on a Unix socket. The plugin that the engine starts asks there
// first: it tells the engine's address and gets the port of the one that waits. That connection is what binds the two:
// when either ends, so does the other. One that waits serves one engine once, since the provider's configuration is
// the process's; further plugins find nobody and do the work themselves.
package ahead

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
)

// Socket is the environment variable that tells a plugin where another may wait for it.
const Socket = "PULUMI_RESOURCE_AWS_AHEAD"

// Waiting is a plugin that has been started ahead.
type Waiting struct {
	listener *net.UnixListener
	taken    chan struct{}
	taker    net.Conn // set once taken is closed
}

// Wait listens on a socket. The folder's permissions say who may take this plugin over.
func Wait(socket string) (*Waiting, error) {
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("cannot wait on %s: %w", socket, err)
	}
	return &Waiting{listener: listener, taken: make(chan struct{})}, nil
}

// EngineAddress waits for another plugin and returns the address of the engine that started it. Who comes later is
// turned away.
func (w *Waiting) EngineAddress() (string, error) {
	connection, err := w.listener.Accept()
	_ = w.listener.Close() // removes the socket
	if err != nil {
		return "", fmt.Errorf("cannot be taken over: %w", err)
	}
	address, err := bufio.NewReader(connection).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("cannot be taken over: %w", err)
	}
	w.taker = connection
	close(w.taken)
	return strings.TrimSpace(address), nil
}

// Ready tells the other plugin the port on which this one serves. Call it after EngineAddress.
func (w *Waiting) Ready(port int) error {
	_, err := fmt.Fprintln(w.taker, port)
	return err
}

// WaitForEnd returns when this plugin is of no more use: the one that has taken it over is gone or, before one has,
// whoever parentExit waits for.
func (w *Waiting) WaitForEnd(parentExit func()) {
	orphaned := make(chan struct{})
	go func() {
		parentExit()
		close(orphaned)
	}()
	select {
	case <-w.taken:
		_, _ = io.Copy(io.Discard, w.taker)
	case <-orphaned:
	}
}

// Plugin is one that was started ahead and taken over.
type Plugin struct {
	// Port is where it serves the engine.
	Port       int
	connection net.Conn
}

// Take takes over the plugin that waits on the socket of the environment, for the engine at an address. It is nil where
// there is none, where another was faster, and where it could not load its provider, which it has told.
func Take(engineAddress string) *Plugin {
	socket := os.Getenv(Socket)
	if socket == "" {
		return nil
	}
	connection, err := net.Dial("unix", socket)
	if err != nil {
		return nil
	}
	if _, err := fmt.Fprintln(connection, engineAddress); err == nil {
		line, _ := bufio.NewReader(connection).ReadString('\n')
		if port, err := strconv.Atoi(strings.TrimSpace(line)); err == nil {
			return &Plugin{Port: port, connection: connection}
		}
	}
	_ = connection.Close()
	return nil
}

// WaitForEnd returns when it has ended.
func (p *Plugin) WaitForEnd() { _, _ = io.Copy(io.Discard, p.connection) }
