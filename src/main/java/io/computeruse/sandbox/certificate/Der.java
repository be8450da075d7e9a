package io.computeruse.sandbox.certificate;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;

/** Encodes the ASN.1 values that an X.509 certificate consists of, by the Distinguished Encoding Rules of ITU-T X.690. */
final class Der {
    private static final DateTimeFormatter GENERALIZED_TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    /** From this year on a certificate's times have a year of four digits (RFC 5280, 4.1.2.5). */
    private static final int FIRST_FOUR_DIGIT_YEAR = 2050;

    private Der() {}

    static byte[] sequence(byte[]... members) {
        return value(0x30, members);
    }

    static byte[] set(byte[] member) {
        return value(0x31, member);
    }

    static byte[] integer(BigInteger number) {
        return value(0x02, number.toByteArray());
    }

    static byte[] isTrue() {
        return value(0x01, new byte[] {(byte) 0xFF});
    }

    static byte[] utf8(String text) {
        return value(0x0C, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] octets(byte[] content) {
        return value(0x04, content);
    }

    /** A bit string; the last {@code unused} bits of its last octet do not belong to it. */
    static byte[] bits(int unused, byte[] content) {
        return value(0x03, new byte[] {(byte) unused}, content);
    }

    /** A time in a certificate, to the second. */
    static byte[] time(Instant instant) {
        var text = GENERALIZED_TIME.format(instant);
        return instant.atOffset(ZoneOffset.UTC).getYear() < FIRST_FOUR_DIGIT_YEAR
                ? value(0x17, text.substring(2).getBytes(StandardCharsets.US_ASCII))
                : value(0x18, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** An object identifier in the usual notation, such as {@code 2.5.29.17}. */
    static byte[] identifier(String dotted) {
        var arcs =
                Arrays.stream(dotted.split("\\.")).mapToInt(Integer::parseInt).toArray();
        var content = new ByteArrayOutputStream();
        content.writeBytes(base128(40 * arcs[0] + arcs[1]));
        Arrays.stream(arcs).skip(2).forEach(arc -> content.writeBytes(base128(arc)));
        return value(0x06, content.toByteArray());
    }

    /** A value inside a context-specific tag: {@code [number] EXPLICIT}. */
    static byte[] explicit(int number, byte[] content) {
        return value(0xA0 | number, content);
    }

    /** A primitive value whose own tag is replaced by a context-specific one: {@code [number] IMPLICIT}. */
    static byte[] implicit(int number, byte[] content) {
        return value(0x80 | number, content);
    }

    private static byte[] value(int tag, byte[]... parts) {
        var length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        var out = new ByteArrayOutputStream();
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else {
            var octets = BigInteger.valueOf(length).toByteArray();
            var first = octets[0] == 0 ? 1 : 0; // skips the octet that only holds the sign
            out.write(0x80 | (octets.length - first));
            out.write(octets, first, octets.length - first);
        }
        for (var part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** Seven bits in each octet, the highest first; the eighth bit is set if more octets follow. */
    private static byte[] base128(int number) {
        var octets = new byte[Math.max(1, (38 - Integer.numberOfLeadingZeros(number)) / 7)];
        for (int i = octets.length - 1, rest = number; i >= 0; i--, rest >>>= 7) {
            octets[i] = (byte) (rest & 0x7F | (i < octets.length - 1 ? 0x80 : 0));
        }
        return octets;
    }
}
