package io.computeruse.sandbox.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StackPathTest {
    private static final StackPath PATH = new StackPath(new StackName("dev"));

    @Test
    void rolesAndSecretsOfAStackShareAPath() {
        assertThat(PATH.iamPath()).isEqualTo("/computer-use-sandbox/dev/");
        assertThat(PATH.secretPrefix("login")).isEqualTo("computer-use-sandbox/dev/login-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"login?", "log in", "lögin", "login*", "login:1"})
    void aNameThatSecretsManagerWouldRefuseIsRefused(String name) {
        assertThatThrownBy(() -> PATH.secretPrefix(name))
                .hasMessageContaining(name)
                .hasMessageContaining("/_+=.@-");
    }
}
