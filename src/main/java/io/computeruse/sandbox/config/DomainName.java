package io.computeruse.sandbox.config;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A name that the desktop may look up: {@code example.com}, or {@code *.example.com} for every name below it.
 *
 * <p>Promise: an instance is a domain specification that Route 53 Resolver DNS Firewall accepts, and never one that matches every
 * name or a whole top-level domain, which would switch the allowlist off.
 *
 * @param name in lower case and without the final dot
 */
public record DomainName(String name) {
    /** The configuration key of the user's own list. */
    public static final String KEY = "allowedDomains";

    private static final int LONGEST = 253; // RFC 1035: 255 octets on the wire, 253 characters in text
    private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");
    private static final String EXAMPLE = "Write a name such as example.com or *.example.com";

    /**
     * Upper case letters and a final dot are accepted and normalised.
     *
     * @throws InvalidSettingException if the name is not as promised
     */
    public DomainName {
        var given = name;
        name = name.endsWith(".") && name.length() > 1 ? name.substring(0, name.length() - 1) : name;
        if (name.isBlank()) {
            throw invalid(given, "is empty", EXAMPLE);
        }
        if (name.contains("://") || name.contains("/")) {
            throw invalid(given, "is a URL or a path", "Write the host name alone, such as example.com");
        }
        if (name.chars().anyMatch(Character::isWhitespace)) {
            throw invalid(given, "contains blanks", EXAMPLE);
        }
        if (name.chars().anyMatch(c -> c > 0x7e)) {
            throw invalid(given, "contains non-ASCII characters", "Write it in punycode" + punycode(name));
        }
        if (name.length() > LONGEST) {
            throw invalid(given, "is longer than " + LONGEST + " characters", EXAMPLE);
        }
        name = name.toLowerCase(Locale.ROOT);
        var rest = name.startsWith("*.") ? name.substring(2) : name;
        if (rest.equals("*") && name.equals("*")) {
            throw invalid(given, "would allow every name", "List the names that the desktop needs");
        }
        if (rest.contains("*")) {
            throw invalid(given, "has a * that is not its whole first label", "Write *.example.com");
        }
        for (var label : rest.split("\\.", -1)) {
            if (!LABEL.matcher(label).matches()) {
                throw invalid(
                        given,
                        "has the label \"" + InvalidSettingException.printable(label)
                                + "\", which is not 1 to 63 letters," + " digits or inner hyphens",
                        EXAMPLE);
            }
        }
        if (!rest.contains(".") && name.startsWith("*.")) {
            throw invalid(
                    given, "would allow a whole top-level domain", "Name a domain below it, such as *.example." + rest);
        }
        if (rest.matches("[0-9.]+")) {
            throw invalid(given, "is an address, and DNS filtering works on names", EXAMPLE);
        }
    }

    private static String punycode(String name) {
        try {
            var wildcard = name.startsWith("*.");
            var ascii = java.net.IDN.toASCII(wildcard ? name.substring(2) : name, java.net.IDN.USE_STD3_ASCII_RULES);
            return ": " + (wildcard ? "*." : "") + ascii;
        } catch (IllegalArgumentException e) {
            return " (this one has no punycode form)";
        }
    }

    private static InvalidSettingException invalid(String value, String reason, String fix) {
        return new InvalidSettingException(KEY, value, reason, fix);
    }

    /** The name as Route 53 Resolver stores it, with a final dot. Without it every refresh would find a difference. */
    public String withFinalDot() {
        return name + ".";
    }

    @Override
    public String toString() {
        return name;
    }
}
