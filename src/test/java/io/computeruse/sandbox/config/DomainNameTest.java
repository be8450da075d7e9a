package io.computeruse.sandbox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DomainNameTest {
    @ParameterizedTest
    @CsvSource({
        "example.com, example.com",
        "EXAMPLE.com, example.com",
        "*.Example.COM, *.example.com",
        "example.com., example.com",
        "_dmarc.example.com, _dmarc.example.com",
        "xn--bcher-kva.example, xn--bcher-kva.example"
    })
    void aNameIsNormalised(String text, String name) {
        assertThat(new DomainName(text).name()).isEqualTo(name);
        assertThat(new DomainName(text).withFinalDot()).isEqualTo(name + ".");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".",
                "*",
                "*.",
                "**",
                "*.*.com",
                "*.*",
                "*.com",
                "a.*.com",
                "*example.com",
                "exam*ple.com",
                "a b.com",
                " example.com",
                "example.com\n",
                "http://x",
                "https://example.com/path",
                "example.com/",
                "example..com",
                ".example.com",
                "-example.com",
                "example-.com",
                "exa$mple.com",
                "user@example.com",
                "example.com:443",
                "203.0.113.1",
                "1.2.3"
            })
    void namesThatTheFirewallWouldRefuseAndNamesThatAreTooWideAreRefused(String text) {
        assertThatThrownBy(() -> new DomainName(text))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("allowedDomains: \"" + InvalidSettingException.printable(text) + "\" ");
    }

    @Test
    void aBareStarIsRefusedBecauseItWouldAllowEverything() {
        assertThatThrownBy(() -> new DomainName("*")).hasMessageContaining("would allow every name");
    }

    @Test
    void aNameThatIsTooLongIsRefusedAndNotRepeatedInFull() {
        assertThatThrownBy(() -> new DomainName("a.".repeat(150)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("longer than 253")
                .message()
                .hasSizeLessThan(250);
        assertThatThrownBy(() -> new DomainName("a".repeat(64) + ".com")).hasMessageContaining("1 to 63");
    }

    @Test
    void anInternationalNameIsRefusedWithItsPunycode() {
        assertThatThrownBy(() -> new DomainName("bücher.example"))
                .hasMessageContaining("punycode: xn--bcher-kva.example");
        assertThatThrownBy(() -> new DomainName("*.bücher.example"))
                .hasMessageContaining("punycode: *.xn--bcher-kva.example");
    }

    @Property(tries = 3000)
    void everyAcceptedNameHasTheFormThatTheFirewallDocuments(@ForAll("nearNames") String text) {
        DomainName name;
        try {
            name = new DomainName(text);
        } catch (InvalidSettingException e) {
            return;
        }
        assertThat(name.name()).matches("(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*").hasSizeLessThan(254);
        assertThat(name.name().replace("*.", "")).isNotEmpty();
        assertThat(new DomainName(name.name())).isEqualTo(name);
    }

    @Provide
    Arbitrary<String> nearNames() {
        return Arbitraries.of("a", "example", ".", ".", "*", "-", "_", "com", "X", " ", "/", ":", "ü", "1", "\n")
                .list()
                .ofMaxSize(10)
                .map(list -> String.join("", list));
    }
}
