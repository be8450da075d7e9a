package io.computeruse.sandbox.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files that an image is built from.
 *
 * <p>Its hash names the image, so that a person can tell which context an image was built from. It covers
 * names, contents and executable bits of what {@code .dockerignore} lets in.
 *
 * @param folder holds {@code Dockerfile} and {@code .dockerignore}
 */
public record BuildContext(Path folder) {
    /** As much of SHA-256 as a person will read; 64 bits do not collide among the images of one repository. */
    private static final int TAG_LENGTH = 16;

    /** @throws IllegalArgumentException if the folder holds no Dockerfile or no .dockerignore */
    public BuildContext {
        for (var name : List.of("Dockerfile", ".dockerignore")) {
            if (!Files.isRegularFile(folder.resolve(name))) {
                throw new IllegalArgumentException(
                        "%s: there is no %s; run pulumi in the project's own folder".formatted(folder, name));
            }
        }
    }

    /** The first 16 hexadecimal digits of the SHA-256 over the context and the build's parameters. */
    public String tag(String... parameters) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var parameter : parameters) {
                update(digest, parameter.getBytes(StandardCharsets.UTF_8));
            }
            for (var file : files()) {
                update(digest, relative(file).getBytes(StandardCharsets.UTF_8));
                digest.update((byte) (Files.isExecutable(file) ? 1 : 0));
                update(digest, Files.readAllBytes(file));
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, TAG_LENGTH);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the build context " + folder, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java runtime has SHA-256
        }
    }

    /** With its length, so that two neighbouring pieces cannot be cut otherwise and give the same hash. */
    private static void update(MessageDigest digest, byte[] bytes) {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(bytes.length).flip());
        digest.update(bytes);
    }

    private List<Path> files() throws IOException {
        var rules = IgnoreRules.parse(Files.readAllLines(folder.resolve(".dockerignore")));
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> rules.includes(relative(file)))
                    .sorted()
                    .toList();
        }
    }

    private String relative(Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }
}
