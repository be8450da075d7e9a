package io.computeruse.sandbox.naming;

import java.util.regex.Pattern;

/**
 * A text that tells a person in the AWS console what a resource is for.
 *
 * <p>Promise: every AWS service takes it. EC2 is the strictest: at most 255 characters, and of punctuation only what the pattern
 * lists (EC2 API, {@code CreateSecurityGroup} and the {@code Description} of {@code IpRange} and {@code UserIdGroupPair}; the
 * last of them lacks the ampersand). An apostrophe, for instance, would stop the deployment.
 */
public record Description(String text) {
    private static final int LONGEST = 255;
    private static final Pattern TAKEN_BY_EC2 = Pattern.compile("[a-zA-Z0-9 ._\\-:/()#,@\\[\\]+=;{}!$*]+");

    /** @throws IllegalArgumentException if a service would refuse the text; it names the text and what is allowed */
    public Description {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "a description has at most %d characters: \"%s\"".formatted(LONGEST, text));
        }
        if (!TAKEN_BY_EC2.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "a description has letters, digits, blanks and ._-:/()#,@[]+=;{}!$* only: \"%s\"".formatted(text));
        }
    }

    /** The description of one of the sandbox's own resources, which the console lists among an account's others. */
    public static Description ofSandbox(String what) {
        return new Description("Computer Use Sandbox: " + what);
    }

    @Override
    public String toString() {
        return text;
    }
}
