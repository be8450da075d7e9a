// Package buildcontext says what a Docker build depends on: the files that .dockerignore lets into the context, the
// Dockerfile, and .dockerignore itself.
package buildcontext

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// Hash gives the SHA-256, in hexadecimal, of the names and contents of the files in a build context, of its Dockerfile and
// of its ignore file. The program's own tag is the same hash, and a table of contexts with their hashes tests both
// (src/test/resources/build-contexts.json). File modes do not count: git keeps none but the executable bit, so they
// differ from machine to machine.
func Hash(folder, dockerfile string) (string, error) {
	ignoreFile, err := findIgnoreFile(folder, dockerfile)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	if err := hashFile(sum, "Dockerfile", "dockerfile", dockerfile); err != nil {
		return "", err
	}
	if ignoreFile != "" {
		if err := hashFile(sum, ".dockerignore", "ignore", ignoreFile); err != nil {
			return "", err
		}
	}
	ignored, err := ignoreRules(ignoreFile)
	if err != nil {
		return "", err
	}
	entries := map[string]fs.DirEntry{}
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil || name == "." {
			return err
		}
		ignore, err := ignored.MatchesOrParentMatches(name)
		if err != nil {
			return fmt.Errorf(".dockerignore: %w", err)
		}
		if entry.IsDir() {
			if ignore && !ignored.Exclusions() { // with an exclusion ("!x"), something below may be let in again
				return filepath.SkipDir
			}
			return nil
		}
		if !ignore {
			entries[filepath.ToSlash(name)] = entry
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		if err := hashEntry(sum, name, filepath.Join(folder, filepath.FromSlash(name)), entries[name]); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// findIgnoreFile gives DOCKERFILE.dockerignore or the context's .dockerignore, whichever is there first, as BuildKit
// does, or "".
func findIgnoreFile(folder, dockerfile string) (string, error) {
	for _, path := range []string{dockerfile + ".dockerignore", filepath.Join(folder, ".dockerignore")} {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return "", nil
}

func ignoreRules(path string) (*patternmatcher.PatternMatcher, error) {
	var patterns []string
	if path != "" {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		patterns, err = ignorefile.ReadAll(file)
		_ = file.Close() // it was only read
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	rules, err := patternmatcher.New(patterns)
	if err != nil {
		return nil, fmt.Errorf(".dockerignore: %w", err)
	}
	return rules, nil
}

func hashEntry(sum hash.Hash, name, path string, entry fs.DirEntry) error {
	switch {
	case entry.Type().IsRegular():
		return hashFile(sum, name, "file", path)
	case entry.Type()&fs.ModeSymlink != 0:
		target, err := os.Readlink(path)
		if err != nil {
			return err
		}
		field(sum, name, "link", int64(len(target)))
		_, err = io.WriteString(sum, target)
		return err
	}
	return fmt.Errorf("%s is neither a file nor a link, so it cannot be in a build context: let .dockerignore leave it out", path)
}

func hashFile(sum hash.Hash, name, kind, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	field(sum, name, kind, info.Size())
	written, err := io.Copy(sum, file)
	if err == nil && written != info.Size() {
		return fmt.Errorf("%s changed while it was read", path)
	}
	return err
}

// field writes what comes before contents. With the lengths in it, two different contexts never give the same bytes.
func field(sum hash.Hash, name, kind string, size int64) {
	fmt.Fprintf(sum, "%d:%s %s %d\n", len(name), name, kind, size)
}
