package io.computeruse.sandbox.image;

import java.util.ArrayList;
import java.util.List;

/**
 * The part of the {@code .dockerignore} syntax that this project uses: the first pattern excludes everything ({@code *}), the next
 * ones include paths ({@code !src}), and the last ones exclude names in every folder ({@code **}{@code /__pycache__}, {@code
 * **}{@code /*.pyc}). Other patterns and other orders are refused, so that no file is read differently from Docker, where the last
 * pattern that matches a file decides.
 *
 * @param included files or folders, relative to the context
 * @param excludedNames file or folder names that are excluded in every folder
 * @param excludedEndings endings of file names that are excluded in every folder
 */
record IgnoreRules(List<String> included, List<String> excludedNames, List<String> excludedEndings) {
    private static final String ANYWHERE = "**/";

    /** @throws IllegalArgumentException for a pattern that is not of the three forms */
    static IgnoreRules parse(List<String> lines) {
        var patterns = lines.stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
        if (patterns.isEmpty() || !patterns.get(0).equals("*")) {
            throw new IllegalArgumentException(
                    ".dockerignore: the first pattern must be *, so that no file is included unless it is named");
        }
        var included = new ArrayList<String>();
        var names = new ArrayList<String>();
        var endings = new ArrayList<String>();
        for (var pattern : patterns.subList(1, patterns.size())) {
            if (pattern.matches("![A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*/?")) {
                if (!names.isEmpty() || !endings.isEmpty()) {
                    throw new IllegalArgumentException(
                            ".dockerignore: \"%s\" would include again what a %s pattern before it excludes; move it up"
                                    .formatted(pattern, ANYWHERE));
                }
                included.add(pattern.substring(1).replaceAll("/$", ""));
            } else if (pattern.matches("\\*\\*/\\*\\.[A-Za-z0-9]+")) {
                endings.add(pattern.substring(ANYWHERE.length() + 1));
            } else if (pattern.matches("\\*\\*/[A-Za-z0-9_.-]+/?")) {
                names.add(pattern.substring(ANYWHERE.length()).replaceAll("/$", ""));
            } else {
                throw new IllegalArgumentException(
                        ".dockerignore: \"%s\" is none of the forms !path, **/name and **/*.ending".formatted(pattern));
            }
        }
        return new IgnoreRules(List.copyOf(included), List.copyOf(names), List.copyOf(endings));
    }

    /** @param path relative to the context, with forward slashes */
    boolean includes(String path) {
        var named = included.stream().anyMatch(prefix -> path.equals(prefix) || path.startsWith(prefix + "/"));
        var excluded = List.of(path.split("/")).stream().anyMatch(excludedNames::contains)
                || excludedEndings.stream().anyMatch(path::endsWith);
        return named && !excluded;
    }
}
