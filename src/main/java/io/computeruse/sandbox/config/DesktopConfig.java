package io.computeruse.sandbox.config;

import java.util.Optional;

/**
 * What a stack can choose about the desktop.
 *
 * @param screen size of the screen
 * @param viewer what shows the desktop in a person's browser
 * @param dcvSource where Amazon DCV comes from; empty unless it is the viewer
 * @param humanPauseSeconds seconds after a person's last input before the agent may act again
 */
public record DesktopConfig(ScreenSize screen, Viewer viewer, Optional<DcvSource> dcvSource, int humanPauseSeconds) {
    /** @param architecture of the image, which decides what archive of Amazon DCV it needs; null if that setting is invalid */
    static DesktopConfig read(SettingsReader read, CpuArchitecture architecture) {
        var screen = new ScreenSize(
                read.number("displayWidth", 1024, 640, 3840), read.number("displayHeight", 768, 480, 2160));
        var viewer = read.value(Viewer.KEY, Viewer.NOVNC, Viewer::parse);
        var dcvSource = architecture == null
                ? Optional.<DcvSource>empty()
                : read.attempt(() -> DcvSource.read(read, viewer, architecture));
        return new DesktopConfig(screen, viewer, dcvSource, read.number("humanPauseSeconds", 10, 1, 3600));
    }
}
