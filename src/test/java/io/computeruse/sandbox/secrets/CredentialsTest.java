package io.computeruse.sandbox.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import org.junit.jupiter.api.Test;

class CredentialsTest {
    @Test
    void passwordsAreLongAndEasyToTypeAndNoTwoAreTheSame() {
        var seen = new HashSet<String>();
        for (int i = 0; i < 1000; i++) {
            var password = Credentials.password();
            assertThat(password).matches("[2-9A-HJ-NP-Za-km-z]{24}");
            assertThat(seen.add(password)).isTrue();
        }
        assertThat(Credentials.token()).hasSize(48);
    }
}
