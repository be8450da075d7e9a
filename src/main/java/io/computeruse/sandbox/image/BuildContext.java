package io.computeruse.sandbox.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files that an image is built from.
 *
 * <p>The image's tag contains their hash, so that a person can tell which files an image was built from. The hash covers what the
 * published Docker provider hashes to decide whether to build again: the names and contents of the files that the ignore file
 * lets in, and always the Dockerfile, even if the ignore file excludes it from the context. It also covers the ignore file.
 *
 * <p>The hash does not cover file modes. Git stores the executable bit only, so modes depend on the umask of whoever cloned the
 * project, and the Dockerfiles set every mode that matters.
 *
 * @param folder contains {@code Dockerfile} and {@code .dockerignore}
 */
public record BuildContext(Path folder) {
    /** Short tag: the first 64 bits of the hash. */
    private static final int TAG_LENGTH = 16;

    private static final String DOCKERFILE = "Dockerfile";
    private static final String IGNORE_FILE = ".dockerignore";

    /** @throws IllegalArgumentException if the folder contains no Dockerfile or no .dockerignore */
    public BuildContext {
        for (var name : List.of(DOCKERFILE, IGNORE_FILE)) {
            if (!Files.isRegularFile(folder.resolve(name))) {
                throw new IllegalArgumentException(
                        "%s: there is no %s; run pulumi in the project's own folder".formatted(folder, name));
            }
        }
        var preferred = folder.resolve(DOCKERFILE + IGNORE_FILE);
        if (Files.exists(preferred)) {
            throw new IllegalArgumentException("%s: Docker would read this file instead of %s; merge it into that one"
                    .formatted(preferred, IGNORE_FILE));
        }
    }

    /** The first 16 hexadecimal digits of the SHA-256 over the build's parameters and the context. */
    public String tag(String... parameters) {
        var digest = sha256();
        for (var parameter : parameters) {
            field(digest, "parameter", "text", parameter.getBytes(StandardCharsets.UTF_8));
        }
        field(digest, "context", "sha256", sha256Hex().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest()).substring(0, TAG_LENGTH);
    }

    /** SHA-256 of the files, in hexadecimal digits. */
    String sha256Hex() {
        try {
            var digest = sha256();
            field(digest, DOCKERFILE, "dockerfile", Files.readAllBytes(folder.resolve(DOCKERFILE)));
            field(digest, IGNORE_FILE, "ignore", Files.readAllBytes(folder.resolve(IGNORE_FILE)));
            for (var path : paths()) {
                var file = folder.resolve(path);
                if (Files.isSymbolicLink(file)) {
                    var target = Files.readSymbolicLink(file).toString();
                    field(digest, path, "link", target.getBytes(StandardCharsets.UTF_8));
                } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    field(digest, path, "file", Files.readAllBytes(file));
                } else {
                    throw new IllegalArgumentException(
                            "%s is neither a file nor a link, so it cannot be in a build context: exclude it in %s"
                                    .formatted(file, IGNORE_FILE));
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the build context " + folder, e);
        }
    }

    /** Relative paths with forward slashes, sorted by their UTF-8 bytes, which is the same order on every machine. */
    private List<String> paths() throws IOException {
        var rules = IgnoreRules.parse(Files.readAllLines(folder.resolve(IGNORE_FILE)));
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .filter(rules::includes)
                    .sorted(Comparator.comparing(
                            path -> path.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned))
                    .toList();
        }
    }

    /** Hashes a value after its lengths, so that two different contexts never give the same bytes. */
    private static void field(MessageDigest digest, String name, String kind, byte[] content) {
        int nameLength = name.getBytes(StandardCharsets.UTF_8).length;
        var header = "%d:%s %s %d\n".formatted(nameLength, name, kind, content.length);
        digest.update(header.getBytes(StandardCharsets.UTF_8));
        digest.update(content);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java runtime has SHA-256
        }
    }
}
