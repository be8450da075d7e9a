package io.computeruse.sandbox.naming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DescriptionTest {
    /** EC2 API, {@code UserIdGroupPair}. */
    private static final String PUNCTUATION = " ._-:/()#,@[]+=;{}!$*";

    @Test
    void everyCharacterThatEc2AcceptsIsAccepted() {
        assertThat(new Description("aZ9" + PUNCTUATION).text()).isEqualTo("aZ9" + PUNCTUATION);
    }

    @Test
    void noOtherPrintableCharacterIsAccepted() {
        for (char c = 0x20; c < 0x7f; c++) {
            if (!Character.isLetterOrDigit(c) && PUNCTUATION.indexOf(c) < 0) {
                var text = "x" + c;
                assertThatThrownBy(() -> new Description(text)).hasMessageContaining("\"" + text + "\"");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "The deployer's address range", "gr\u00fcn", "a\nb", "tab\there", "\u200b", "a–b"})
    void aTextThatEc2WouldRefuseIsRefused(String text) {
        assertThatThrownBy(() -> new Description(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTextOfMoreThan255CharactersIsRefused() {
        assertThat(new Description("x".repeat(255)).text()).hasSize(255);
        assertThatThrownBy(() -> new Description("x".repeat(256))).hasMessageContaining("at most 255");
    }
}
