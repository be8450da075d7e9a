package io.computeruse.sandbox.service;

import io.computeruse.sandbox.service.ContainerDefinition.MountPoint;
import java.util.regex.Pattern;

/**
 * A volume that is empty when the task starts and deleted when it ends, and the directory where the container finds it. One
 * instance describes both the task's volume and the container's mount point, so that no mount point lacks its volume.
 *
 * @param path absolute path in the container
 */
public record EmptyVolume(String path) {
    /** A volume is named after its path, and ECS accepts letters, digits, underscores and hyphens (API, {@code Volume}). */
    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9_-]+)+");

    private static final int LONGEST_NAME = 255;

    /** @throws IllegalArgumentException if ECS would refuse the volume's name */
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

    MountPoint mountPoint() {
        return new MountPoint(path, false, name());
    }
}
