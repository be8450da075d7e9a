package io.computeruse.sandbox.config;

/** A configuration value is invalid. The message names the key, the value, what is wrong and how to fix it. */
public final class InvalidSettingException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Messages show no more characters of a value than these. */
    private static final int SHOWN_LENGTH = 80;

    /** Stands for a secret value in a message. */
    static final String HIDDEN = "(hidden)";

    /**
     * @param key the configuration key, for instance {@code deployerIp}
     * @param value the value as the stack has it; control and non-ASCII characters are shown escaped
     * @param reason what is wrong with it
     * @param fix what to write instead
     */
    public InvalidSettingException(String key, String value, String reason, String fix) {
        super("%s: \"%s\" %s. %s".formatted(key, printable(value), reason, fix));
    }

    /** The value with escapes for control and non-ASCII characters, which are invisible or look like others. */
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
