package io.computeruse.sandbox.config;

/** A configuration value that cannot be used. The message names the key, the value and the fix. */
public final class InvalidSettingException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Longer values are cut in messages: nobody reads 300 characters of a bad domain. */
    private static final int SHOWN_LENGTH = 80;

    /**
     * @param key the configuration key, for instance {@code deployerIp}
     * @param value the offending value as given; control and non-ASCII characters are shown escaped
     * @param reason what is wrong with it
     * @param fix what to write instead
     */
    public InvalidSettingException(String key, String value, String reason, String fix) {
        super("%s: \"%s\" %s. %s".formatted(key, printable(value), reason, fix));
    }

    /** Shows what would otherwise be invisible (blanks are kept, a newline becomes {@code \n}) or look like something else. */
    static String printable(String value) {
        var text = new StringBuilder();
        value.codePoints().limit(SHOWN_LENGTH).forEach(c -> {
            switch (c) {
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (c < 0x20 || c > 0x7e) {
                        text.append("\\u%04x".formatted(c));
                    } else {
                        text.appendCodePoint(c);
                    }
                }
            }
        });
        return value.codePointCount(0, value.length()) > SHOWN_LENGTH ? text + "…" : text.toString();
    }
}
