package io.computeruse.sandbox.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The expected octets follow from X.690, or are examples in it or in RFC 5280. */
class DerTest {
    private static String hex(byte[] der) {
        return HexFormat.of().formatHex(der);
    }

    @Test
    void identifiersHaveSevenBitsAnOctet() {
        assertThat(hex(Der.identifier("2.5.29.17"))).isEqualTo("0603551d11");
        assertThat(hex(Der.identifier("1.2.840.10045.4.3.2"))).isEqualTo("06082a8648ce3d040302");
        assertThat(hex(Der.identifier("2.999.3"))).isEqualTo("0603883703"); // X.690, 8.19.5
        assertThat(hex(Der.identifier("1.3.0.127.128.16383.16384"))).isEqualTo("060a2b007f8100ff7f818000");
    }

    @Test
    void integersKeepTheirSign() {
        assertThat(hex(Der.integer(BigInteger.TWO))).isEqualTo("020102");
        assertThat(hex(Der.integer(BigInteger.valueOf(128)))).isEqualTo("02020080");
    }

    @Test
    void timesHaveAYearOfTwoDigitsUntil2049() {
        assertThat(text(Der.time(Instant.parse("2049-12-31T23:59:59Z")))).isEqualTo("\u0017\r491231235959Z");
        assertThat(text(Der.time(Instant.parse("2050-01-01T00:00:00.9Z")))).isEqualTo("\u0018\u000f20500101000000Z");
    }

    private static String text(byte[] der) {
        return new String(der, StandardCharsets.US_ASCII);
    }

    @Test
    void bitStringsBeginWithTheNumberOfUnusedBits() {
        assertThat(hex(Der.bits(7, new byte[] {(byte) 0x80}))).isEqualTo("03020780");
    }

    @Test
    void lengthsFrom128OnArePrecededByTheirOwnLength() {
        assertThat(hex(Der.octets(new byte[127]))).startsWith("047f00");
        assertThat(hex(Der.octets(new byte[128]))).startsWith("04818000");
        assertThat(hex(Der.octets(new byte[255]))).startsWith("0481ff00");
        assertThat(hex(Der.octets(new byte[256]))).startsWith("0482010000");
        assertThat(hex(Der.octets(new byte[65536]))).startsWith("048301000000");
    }
}
