package names_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"computeruse.io/sandbox/testbench/aws-plugin/names"
)

// program is the Java program's whole source.
func program(t *testing.T) string {
	t.Helper()
	var source strings.Builder
	root := filepath.Join("..", "..", "..", "src", "main")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".java" {
			return err
		}
		text, err := os.ReadFile(path)
		source.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return source.String()
}

func TestEveryRowIsOfATypeThatTheStackHas(t *testing.T) {
	source := program(t)
	var rows []string
	for token := range names.PhysicalNames {
		rows = append(rows, token)
	}
	for token := range names.Differences {
		if token != names.Provider {
			rows = append(rows, token)
		}
	}
	for _, token := range rows { // aws:lb/targetGroup:TargetGroup is com.pulumi.aws.lb.TargetGroup
		module, _, _ := strings.Cut(strings.TrimPrefix(token, "aws:"), "/")
		class := token[strings.LastIndex(token, ":")+1:]
		if !strings.Contains(source, "import com.pulumi.aws."+module+"."+class+";") {
			t.Errorf("no resource of the stack is a %s", token)
		}
	}
}
