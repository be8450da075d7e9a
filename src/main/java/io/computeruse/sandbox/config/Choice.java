package io.computeruse.sandbox.config;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads a setting that has a fixed set of values. */
final class Choice {
    private Choice() {}

    /**
     * The choice with this spelling.
     *
     * @throws InvalidSettingException if there is none; the message lists the choices
     */
    static <T> T parse(String key, String text, T[] choices, Function<T, String> spelling) {
        return Arrays.stream(choices)
                .filter(choice -> spelling.apply(choice).equals(text))
                .findFirst()
                .orElseThrow(() -> new InvalidSettingException(
                        key,
                        text,
                        "is not one of the choices",
                        "Write one of " + Arrays.stream(choices).map(spelling).collect(Collectors.joining(", "))));
    }
}
