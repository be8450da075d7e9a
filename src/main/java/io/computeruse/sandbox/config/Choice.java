package io.computeruse.sandbox.config;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads a setting that has a fixed set of values. */
final class Choice {
    private Choice() {}

    /** @throws InvalidSettingException that lists the choices, if the text is none of them; letter case matters */
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
