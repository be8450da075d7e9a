package io.computeruse.sandbox.secrets;

import java.security.SecureRandom;
import java.util.stream.Collectors;

/** Generates passwords and tokens from the operating system's source of randomness. */
final class Credentials {
    /** Letters and digits without 0 O 1 l I, which look alike: a person may have to type a password. */
    private static final String ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    private static final int PASSWORD_LENGTH = 24; // log2(57) * 24 = 139 bits
    private static final int TOKEN_LENGTH = 48;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Credentials() {}

    /** A password of 24 characters that a person can type. */
    static String password() {
        return random(PASSWORD_LENGTH);
    }

    /** A token of 48 characters that programs use among themselves. */
    static String token() {
        return random(TOKEN_LENGTH);
    }

    private static String random(int length) {
        return RANDOM.ints(length, 0, ALPHABET.length())
                .mapToObj(i -> String.valueOf(ALPHABET.charAt(i)))
                .collect(Collectors.joining());
    }
}
