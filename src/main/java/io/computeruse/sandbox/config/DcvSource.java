package io.computeruse.sandbox.config;

import java.util.Map;
import java.util.Optional;

/**
 * Which Amazon DCV the image installs: the build trusts no archive and no key that its owner has not named.
 *
 * @param archiveSha256 of the archive, 64 hexadecimal digits
 * @param keyFingerprint of the vendor's signing key, 40 hexadecimal digits, as AWS publishes it
 */
public record DcvSource(String archiveSha256, String keyFingerprint) {
    private static final String ARCHIVE_KEY = "dcvArchiveSha256";
    private static final String FINGERPRINT_KEY = "dcvKeyFingerprint";

    /** @throws InvalidSettingException if a value is no hash of its length */
    public DcvSource {
        requireHexadecimal(ARCHIVE_KEY, archiveSha256, 64);
        requireHexadecimal(FINGERPRINT_KEY, keyFingerprint, 40);
    }

    /** Empty for a viewer that needs none; for Amazon DCV both settings have to be there. */
    static Optional<DcvSource> read(SettingsReader settings, Viewer viewer) {
        return viewer == Viewer.DCV
                ? Optional.of(new DcvSource(
                        settings.value(ARCHIVE_KEY, "", text -> text),
                        settings.value(FINGERPRINT_KEY, "", text -> text)))
                : Optional.empty();
    }

    private static void requireHexadecimal(String key, String value, int digits) {
        if (!value.matches("[0-9A-Fa-f]{" + digits + "}")) {
            throw new InvalidSettingException(
                    key,
                    value,
                    "is not " + digits + " hexadecimal digits, and viewer dcv needs it",
                    "Write the value that AWS publishes, or set viewer to novnc");
        }
    }

    /** The build arguments of the image. */
    public Map<String, String> buildArguments() {
        return Map.of("DCV_SHA256", archiveSha256, "DCV_KEY_FINGERPRINT", keyFingerprint);
    }
}
