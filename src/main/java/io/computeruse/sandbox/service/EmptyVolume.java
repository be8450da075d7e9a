package io.computeruse.sandbox.service;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A volume that is empty when the task starts and gone when it ends, and where the container finds it. Both the task's volume and
 * the container's mount point come from the one instance, so that no mount is without its volume.
 *
 * @param path absolute, in the container
 */
public record EmptyVolume(String path) {
    /** Amazon ECS API, {@code Volume}: at most 255 letters, digits, underscores and hyphens; so the path's parts are of these. */
    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9_-]+)+");

    private static final int LONGEST_NAME = 255;

    /** @throws IllegalArgumentException if ECS could not name a volume after the path */
    public EmptyVolume {
        if (!PATH.matcher(path).matches() || path.length() > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "a volume is mounted at an absolute path of letters, digits, underscores and hyphens: \"%s\""
                            .formatted(path));
        }
    }

    /** Name of the task's volume. */
    String name() {
        return path.substring(1).replace('/', '-');
    }

    /** As a container definition holds it. */
    Map<String, Object> mountPoint() {
        return new TreeMap<>(Map.of("containerPath", path, "sourceVolume", name(), "readOnly", false));
    }
}
