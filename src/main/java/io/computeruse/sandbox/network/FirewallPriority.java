package io.computeruse.sandbox.network;

/**
 * Where a rule, or a rule group, stands in the order in which the DNS firewall asks; the lowest number is asked first.
 *
 * @param number 100 to 9900, which is what AWS allows for the association of a rule group with a VPC (Route 53 Resolver API,
 *     {@code AssociateFirewallRuleGroup}); for rules it publishes no bounds, and these leave room on both sides
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
