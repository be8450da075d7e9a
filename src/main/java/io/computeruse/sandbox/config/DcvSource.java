package io.computeruse.sandbox.config;

import java.util.Map;
import java.util.Optional;

/**
 * Which release of Amazon DCV the image installs. The build accepts no archive and no signing key but those that the stack's owner
 * has named.
 *
 * @param architecture the processor that the image, and so the archive, is for
 * @param archiveSha256 of the archive, 64 hexadecimal digits
 * @param keyFingerprint of the vendor's signing key, 40 hexadecimal digits, as AWS publishes it
 */
public record DcvSource(CpuArchitecture architecture, String archiveSha256, String keyFingerprint) {
    private static final String ARCHIVE_KEY = "dcvArchiveSha256";
    private static final String FINGERPRINT_KEY = "dcvKeyFingerprint";

    /** @throws InvalidSettingException if a value is not a hash of the right length */
    public DcvSource {
        requireHexadecimal(ARCHIVE_KEY, archiveSha256, 64, "the SHA-256 of " + archive(architecture));
        requireHexadecimal(FINGERPRINT_KEY, keyFingerprint, 40, "the fingerprint of the key that signs Amazon DCV");
    }

    /** File name of the archive at AWS. The Dockerfile has its URL. */
    public static String archive(CpuArchitecture architecture) {
        return "nice-dcv-2024.0-17979-ubuntu2204-%s.tgz".formatted(architecture.machine());
    }

    /** Empty unless the viewer is Amazon DCV, which needs both settings. */
    static Optional<DcvSource> read(SettingsReader settings, Viewer viewer, CpuArchitecture architecture) {
        return viewer == Viewer.DCV
                ? Optional.of(new DcvSource(
                        architecture,
                        settings.value(ARCHIVE_KEY, "", text -> text),
                        settings.value(FINGERPRINT_KEY, "", text -> text)))
                : Optional.empty();
    }

    private static void requireHexadecimal(String key, String value, int digits, String meaning) {
        if (!value.matches("[0-9A-Fa-f]{" + digits + "}")) {
            throw new InvalidSettingException(
                    key,
                    value,
                    "is not " + digits + " hexadecimal digits, and viewer dcv needs it",
                    "Write %s, as AWS publishes it, or set viewer to novnc".formatted(meaning));
        }
    }

    /** The build arguments of the image. */
    public Map<String, String> buildArguments() {
        return Map.of("DCV_SHA256", archiveSha256, "DCV_KEY_FINGERPRINT", keyFingerprint);
    }
}
