package io.computeruse.sandbox.config;

import java.util.Optional;

/**
 * What a stack can choose about signing in.
 *
 * @param username name of the one account
 * @param password its password; empty: one is generated
 * @param sessionIdleMinutes minutes without activity after which the console signs out
 */
public record LoginConfig(String username, Optional<String> password, int sessionIdleMinutes) {
    /** Shorter passwords can be guessed, and the console is on the internet as soon as somebody widens the ingress. */
    private static final int SHORTEST_PASSWORD = 12;

    static LoginConfig read(SettingsReader read) {
        return new LoginConfig(
                read.value("loginUsername", "computeruse", LoginConfig::username),
                read.value("loginPassword", Optional.<String>empty(), LoginConfig::password),
                read.number("sessionIdleMinutes", 60, 5, 720));
    }

    private static String username(String text) {
        if (!text.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,31}")) {
            throw new InvalidSettingException(
                    "loginUsername",
                    text,
                    "is not 1 to 32 letters, digits, dots, hyphens or underscores that begin with a letter or digit",
                    "Write a name such as computeruse");
        }
        return text;
    }

    /** The message never contains the value. */
    private static Optional<String> password(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (text.length() < SHORTEST_PASSWORD || !SettingsReader.isVisibleAscii(text)) {
            throw new InvalidSettingException(
                    "loginPassword",
                    InvalidSettingException.HIDDEN,
                    "is shorter than %d characters or has blanks, control or non-ASCII characters"
                            .formatted(SHORTEST_PASSWORD),
                    "Remove the key to have one generated");
        }
        return Optional.of(text);
    }
}
