package io.computeruse.sandbox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import inet.ipaddr.IPAddressString;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IngressCidrTest {
    @ParameterizedTest
    @CsvSource({
        "203.0.113.1, 203.0.113.1/32",
        "203.0.113.1/32, 203.0.113.1/32",
        "203.0.113.0/24, 203.0.113.0/24",
        "198.51.0.0/16, 198.51.0.0/16",
        "2001:db8::1, 2001:db8::1/128",
        "2001:DB8:0:0::1/128, 2001:db8::1/128",
        "2001:db8::/32, 2001:db8::/32",
        "255.255.255.255/32, 255.255.255.255/32",
        "255.255.255.255, 255.255.255.255/32"
    })
    void anAddressOrABlockIsAcceptedInCanonicalForm(String text, String cidr) {
        assertThat(IngressCidr.parse(text).cidr()).isEqualTo(cidr);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "   ",
                "999.1.1.1",
                "256.0.0.1",
                "1.2.3",
                "1",
                "3405803777",
                "0xcb007101",
                "0313.0.0161.1",
                "203.0.113.01",
                "localhost",
                "example.com",
                "0.0.0.0",
                "0.0.0.0/0",
                "0.0.0.0/1",
                "0.1.2.3",
                "128.0.0.0/1",
                "10.0.0.0/8",
                "10.0.0.0/15",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/+8",
                "10.0.0.0/024",
                "10.0.0.0/ 24",
                "10.0.0.0/255.255.0.0",
                "10.0.0.0/",
                "/24",
                "10.0.*.*",
                "10.0.0.1-5",
                "::/0",
                "::",
                "::1",
                "2000::/3",
                "2001:db8::/31",
                "2001:db8::1/129",
                "2001:db8::1/64",
                "fe80::1%eth0",
                "::ffff:203.0.113.1",
                "::ffff:0:0/96",
                "::203.0x7f",
                "::203.0.113.1",
                "2001:db8::203.0x7f",
                "2001:db8::203.113",
                "fe80::1",
                "fd00::1",
                "64:ff9b::203.0.113.1",
                "203.0.113.5/24",
                "203.0.113.1,203.0.113.2",
                "203.0.113.1 203.0.113.2",
                " 203.0.113.1",
                "203.0.113.1 ",
                "203.0.113.1\n",
                "203.0.113.1\t",
                "203.0.113.1/32\n",
                "203.0.113.1\u0000",
                "٢٠٣.٠.١١٣.١",
                "２０３.0.113.1",
                "127.0.0.1",
                "127.0.0.0/16",
                "224.0.0.1",
                "239.1.0.0/16",
                "240.0.0.1",
                "255.255.255.254",
                "255.255.0.0/16",
                "ff02::1",
                "all",
                "any",
                "*",
                "true",
                "null"
            })
    void textThatIsNotClearlyOneAddressOrBlockIsRefusedByName(String text) {
        assertThatThrownBy(() -> IngressCidr.parse(text))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("deployerIp: \"" + InvalidSettingException.printable(text) + "\" ");
    }

    @Test
    void hostBitsAreRefusedAndTheMessageSuggestsTheBlock() {
        assertThatThrownBy(() -> IngressCidr.parse("203.0.113.5/24"))
                .hasMessageContaining("203.0.113.0/24")
                .hasMessageContaining("203.0.113.5 for the one address");
        assertThatThrownBy(() -> IngressCidr.parse("2001:db8::1/64")).hasMessageContaining("2001:db8::/64");
    }

    @Test
    void anIpv4AddressWrittenAsIpv6IsRefusedAndTheMessageSuggestsTheIpv4Form() {
        assertThatThrownBy(() -> IngressCidr.parse("::ffff:203.0.113.1")).hasMessageContaining("Write 203.0.113.1");
    }

    @Test
    void onlyTheBroadcastAddressMeansNobody() {
        assertThat(IngressCidr.BLOCKED.isBlocked()).isTrue();
        assertThat(IngressCidr.BLOCKED.cidr()).isEqualTo("255.255.255.255/32");
        assertThat(IngressCidr.parse("255.255.255.255/32").isBlocked()).isTrue();
        assertThat(IngressCidr.parse("203.0.113.1").isBlocked()).isFalse();
    }

    @Property
    void aUnicastIpv4BlockIsAcceptedIfAndOnlyIfItIsNarrowEnough(
            @ForAll @IntRange(min = 1, max = 223) int first,
            @ForAll @IntRange(max = 255) int second,
            @ForAll @IntRange(max = 255) int third,
            @ForAll @IntRange(max = 255) int fourth,
            @ForAll @IntRange(max = 32) int prefix) {
        var block = new IPAddressString("%d.%d.%d.%d/%d".formatted(first, second, third, fourth, prefix))
                .getAddress()
                .toPrefixBlock();
        var text = block.toCanonicalString();
        if (prefix >= 16 && first != 127) {
            assertThat(IngressCidr.parse(text).cidr()).isEqualTo(text);
        } else {
            assertThatThrownBy(() -> IngressCidr.parse(text)).isInstanceOf(InvalidSettingException.class);
        }
    }

    /** Any text gives either a short error, or a block that AWS accepts and that is not wider than promised. */
    @Property(tries = 5000)
    void noInputIsEverReadAsAWideBlock(@ForAll("nearAddresses") String text) {
        IngressCidr parsed;
        try {
            parsed = IngressCidr.parse(text);
        } catch (InvalidSettingException e) {
            assertThat(e.getMessage()).startsWith("deployerIp: ").hasSizeLessThan(600);
            return;
        }
        var block = new IPAddressString(parsed.cidr()).getAddress();
        assertThat(block.getNetworkPrefixLength()).isGreaterThanOrEqualTo(block.isIPv4() ? 16 : 32);
        assertThat(block.isPrefixBlock()).isTrue();
        assertThat(block.isMulticast() || block.isLoopback() || block.isZero()).isFalse();
        assertThat(text).matches("[0-9a-fA-F:./]+");
        assertThat(IngressCidr.parse(parsed.cidr())).isEqualTo(parsed);
    }

    @Provide
    Arbitrary<String> nearAddresses() {
        var pieces = Arrays.asList(
                "203", "0", "113", "255", "256", "01", "0x7f", ".", ".", ".", "/", "/", ":", "::", "2001", "db8",
                "ffff", "*", "-", ",", " ", "\n", "%", "e1", "24", "32", "33", "128", "0", "1", "٣", "a");
        return Arbitraries.oneOf(
                Arbitraries.of(pieces).list().ofMaxSize(12).map(list -> String.join("", list)),
                Arbitraries.strings().ofMaxLength(40));
    }
}
