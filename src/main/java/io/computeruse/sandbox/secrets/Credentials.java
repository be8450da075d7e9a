package io.computeruse.sandbox.secrets;

import java.security.SecureRandom;
import java.util.stream.Collectors;

/** Makes passwords and tokens from the operating system's random source. */
public final class Credentials {
    /** Without the look-alikes 0 O 1 l I, since a person may have to type a password. */
    private static final String ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    private static final int PASSWORD_LENGTH = 24; // log2(57) * 24 = 139 bits
    private static final int TOKEN_LENGTH = 48;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Credentials() {}

    public static String password() {
        return random(PASSWORD_LENGTH);
    }

    public static String token() {
        return random(TOKEN_LENGTH);
    }

    private static String random(int length) {
        return RANDOM.ints(length, 0, ALPHABET.length())
                .mapToObj(i -> String.valueOf(ALPHABET.charAt(i)))
                .collect(Collectors.joining());
    }
}
