package io.computeruse.sandbox.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads settings one by one and collects everything that is wrong, so that a person can fix all of it in one go. */
final class SettingsReader {
    private final Settings settings;
    private final List<String> problems = new ArrayList<>();

    SettingsReader(Settings settings) {
        this.settings = settings;
    }

    /** A value, or the default if the key is not set. Null if it is invalid; {@link #throwIfWrong} then reports the error. */
    <T> T value(String key, T byDefault, Function<String, T> parse) {
        return attempt(() -> settings.text(key).map(parse).orElse(byDefault));
    }

    /** The items of a list, or the default if the key is not set. Invalid items are left out; their errors are kept. */
    <T> List<T> list(String key, List<String> byDefault, Function<String, T> parse) {
        var items = attempt(() -> settings.list(key).orElse(byDefault));
        var parsed = new ArrayList<T>();
        if (items != null) {
            for (var item : items) {
                var value = attempt(() -> parse.apply(item));
                if (value != null && parsed.contains(value)) {
                    problems.add(new InvalidSettingException(key, item, "is in the list twice", "Remove one of them")
                            .getMessage());
                } else if (value != null) {
                    parsed.add(value);
                }
            }
        }
        return parsed;
    }

    /** A whole number in a range that includes both ends. */
    int number(String key, int byDefault, int from, int to) {
        Integer value = value(key, byDefault, text -> {
            var fix = "Write a whole number from %d to %d".formatted(from, to);
            if (!text.matches("-?[0-9]{1,9}")) {
                throw new InvalidSettingException(key, text, "is not a whole number", fix);
            }
            int number = Integer.parseInt(text);
            if (number < from || number > to) {
                throw new InvalidSettingException(key, text, "is out of range", fix);
            }
            return number;
        });
        return value == null ? byDefault : value;
    }

    /** Returns what the supplier returns, or null if it throws {@link InvalidSettingException}; the error is kept. */
    <T> T attempt(Supplier<T> supplier) {
        try {
            return supplier.get();
        } catch (InvalidSettingException e) {
            problems.add(e.getMessage());
            return null;
        }
    }

    /** Runs a check that throws {@link InvalidSettingException} if values contradict each other; the error is kept. */
    void check(Runnable check) {
        attempt(() -> {
            check.run();
            return null;
        });
    }

    /** @throws InvalidConfigurationException with every error so far, if there is any */
    void throwIfWrong() {
        if (!problems.isEmpty()) {
            throw new InvalidConfigurationException(problems);
        }
    }

    /** True if the text has neither blanks nor control or non-ASCII characters. */
    static boolean isVisibleAscii(String text) {
        return text.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    }
}
