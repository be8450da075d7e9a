package io.computeruse.sandbox.naming;

import java.util.regex.Pattern;

/**
 * A text that tells a person in the AWS console what a resource is for.
 *
 * <p>Promise: every AWS service accepts it, so a text cannot stop a deployment halfway. EC2 is the strictest: at most 255
 * characters, and no punctuation but that of the pattern (EC2 API, {@code CreateSecurityGroup} and the {@code Description} of
 * {@code IpRange} and {@code UserIdGroupPair}, the last of which does not allow the ampersand). It refuses apostrophes, for
 * instance.
 */
public record Description(String text) {
    private static final int LONGEST = 255;
    private static final Pattern ACCEPTED_BY_EC2 = Pattern.compile("[a-zA-Z0-9 ._\\-:/()#,@\\[\\]+=;{}!$*]+");

    /** @throws IllegalArgumentException if a service would refuse the text; the message names the text and what is allowed */
    public Description {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "a description has at most %d characters: \"%s\"".formatted(LONGEST, text));
        }
        if (!ACCEPTED_BY_EC2.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "a description has letters, digits, spaces and ._-:/()#,@[]+=;{}!$* only: \"%s\"".formatted(text));
        }
    }

    /** A description that also says whose the resource is, for the console's lists of all of an account's resources. */
    public static Description ofSandbox(String what) {
        return new Description("Computer Use Sandbox: " + what);
    }

    @Override
    public String toString() {
        return text;
    }
}
