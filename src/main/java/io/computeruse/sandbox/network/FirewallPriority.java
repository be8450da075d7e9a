package io.computeruse.sandbox.network;

/**
 * The position of a rule, or of a rule group, in the order in which the DNS firewall evaluates them, lowest number first.
 *
 * @param number 100 to 9900, the bounds for the association of a rule group with a VPC (Route 53 Resolver API, {@code
 *     AssociateFirewallRuleGroup}). AWS documents no bounds for rules, which are kept within the same ones
 */
record FirewallPriority(int number) {
    private static final int FIRST = 100;
    private static final int LAST = 9900;

    /** @throws IllegalArgumentException if AWS would refuse it */
    FirewallPriority {
        if (number < FIRST || number > LAST) {
            throw new IllegalArgumentException(
                    "a DNS firewall priority is %d to %d, not %d".formatted(FIRST, LAST, number));
        }
    }
}
