package buildcontext_test

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"testing"

	"computeruse.io/sandbox/testbench/docker-plugin/buildcontext"
)

type context struct {
	t      *testing.T
	folder string
}

func newContext(t *testing.T) context {
	c := context{t, t.TempDir()}
	c.write("Dockerfile", "FROM scratch\n")
	c.write("src/main.py", "print()\n")
	c.write("src/deep/data.txt", "data\n")
	return c
}

func (c context) path(name string) string { return filepath.Join(c.folder, name) }

func (c context) write(name, content string) {
	c.t.Helper()
	if err := os.MkdirAll(filepath.Dir(c.path(name)), 0o755); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(c.path(name), []byte(content), 0o644); err != nil {
		c.t.Fatal(err)
	}
}

func (c context) hash() string {
	c.t.Helper()
	sum, err := buildcontext.Hash(c.folder, c.path("Dockerfile"))
	if err != nil {
		c.t.Fatal(err)
	}
	return sum
}

func TestSameFilesElsewhereGiveTheSameHash(t *testing.T) {
	if a, b := newContext(t).hash(), newContext(t).hash(); a != b {
		t.Errorf("%s and %s", a, b)
	}
}

func TestEveryChangeOfTheContextChangesTheHash(t *testing.T) {
	for what, change := range map[string]func(context) error{
		"content":     func(c context) error { c.write("src/main.py", "print(1)\n"); return nil },
		"Dockerfile":  func(c context) error { c.write("Dockerfile", "FROM scratch\n# x\n"); return nil },
		"new file":    func(c context) error { c.write("src/new.py", ""); return nil },
		"removed":     func(c context) error { return os.Remove(c.path("src/main.py")) },
		"renamed":     func(c context) error { return os.Rename(c.path("src/main.py"), c.path("src/other.py")) },
		"link":        func(c context) error { return os.Symlink("main.py", c.path("src/link")) },
		"let through": func(c context) error { c.write(".dockerignore", "src/deep\n"); return nil },
	} {
		c := newContext(t)
		before := c.hash()
		if err := change(c); err != nil {
			t.Fatal(err)
		}
		if c.hash() == before {
			t.Errorf("%s: the hash is the same", what)
		}
	}
}

func TestIgnoredFilesDoNotCount(t *testing.T) {
	c := newContext(t)
	c.write(".dockerignore", "*\n!src\n**/*.pyc\n**/__pycache__\n")
	before := c.hash()
	c.write("notes.md", "x")
	c.write("tests/test_it.py", "x")
	c.write("src/main.pyc", "x")
	c.write("src/deep/__pycache__/x", "x")
	if c.hash() != before {
		t.Error("an ignored file changes the hash")
	}
	c.write("src/deep/more.txt", "x")
	if c.hash() == before {
		t.Error("a file that is let in does not change the hash")
	}
}

func TestIgnoreFileOfTheDockerfileComesFirst(t *testing.T) {
	c := newContext(t)
	c.write(".dockerignore", "")
	c.write("Dockerfile.dockerignore", "src\nnotes.md\n")
	before := c.hash()
	c.write("notes.md", "x")
	if c.hash() != before {
		t.Error("Dockerfile.dockerignore does not count")
	}
}

func TestAnotherUmaskGivesTheSameHash(t *testing.T) {
	c := newContext(t)
	before := c.hash()
	for _, mode := range []os.FileMode{0o600, 0o755} {
		for _, name := range []string{"Dockerfile", "src/main.py"} {
			if err := os.Chmod(c.path(name), mode); err != nil {
				t.Fatal(err)
			}
		}
		if c.hash() != before {
			t.Errorf("mode %o gives another hash", mode)
		}
	}
}

func TestHashesAreThoseOfTheProgramsTable(t *testing.T) {
	text, err := os.ReadFile("../../../src/test/resources/build-contexts.json")
	if err != nil {
		t.Fatal(err)
	}
	var table []struct {
		Name         string
		Files, Links map[string]string
		SHA256       string
	}
	if err := json.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	if len(table) == 0 {
		t.Fatal("the table is empty")
	}
	for _, row := range table {
		c := context{t, t.TempDir()}
		for name, content := range row.Files {
			c.write(name, content)
		}
		for name, target := range row.Links {
			if err := os.Symlink(target, c.path(name)); err != nil {
				t.Fatal(err)
			}
		}
		if got := c.hash(); got != row.SHA256 {
			t.Errorf("%s: %s", row.Name, got)
		}
	}
}

func TestFileThatNoContextCanHoldIsAnError(t *testing.T) {
	c := newContext(t)
	listener, err := net.Listen("unix", c.path("socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if _, err := buildcontext.Hash(c.folder, c.path("Dockerfile")); err == nil {
		t.Error("a socket is hashed")
	}
	c.write(".dockerignore", "[\n")
	if _, err := buildcontext.Hash(c.folder, c.path("Dockerfile")); err == nil {
		t.Error("a malformed .dockerignore is accepted")
	}
	if _, err := buildcontext.Hash(c.folder, c.path("None")); err == nil {
		t.Error("a missing Dockerfile is accepted")
	}
}
