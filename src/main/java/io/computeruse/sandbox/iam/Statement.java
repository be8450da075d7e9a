package io.computeruse.sandbox.iam;

import io.computeruse.sandbox.config.AwsLocation;
import java.util.List;
import java.util.Map;

/**
 * One statement of a policy document. It always allows: nothing in this program needs to deny, since what no statement allows
 * is denied anyway.
 *
 * <p>The components are the members of the JSON in their order, apart from the capital that IAM begins them with. A component
 * that is null is left out.
 *
 * @param sid what the statement is for
 * @param effect always {@code Allow}
 * @param action IAM actions, for instance {@code kms:Decrypt}
 * @param condition operator to condition key to the value or values
 * @param resource ARNs; null in a trust policy, whose resource is the role itself
 * @param principal kind of principal to its name; null in an identity policy, which belongs to its principal
 */
public record Statement(
        String sid,
        String effect,
        List<String> action,
        Map<String, Map<String, Object>> condition,
        List<String> resource,
        Map<String, String> principal) {

    /** Allows actions, so far under no condition and on no resource. */
    public static Statement allow(String sid, String... actions) {
        return new Statement(sid, "Allow", List.of(actions), null, null, null);
    }

    /** The same for some resources. */
    public Statement on(String... arns) {
        return on(List.of(arns));
    }

    /** The same for some resources. */
    public Statement on(List<String> arns) {
        return new Statement(sid, effect, action, condition, List.copyOf(arns), principal);
    }

    /** The same under conditions, all of which have to hold; their order is kept. */
    public Statement when(Map<String, Map<String, Object>> conditions) {
        return new Statement(sid, effect, action, conditions, resource, principal);
    }

    /** The same for a service, in a policy that names who may act. */
    public Statement by(ServicePrincipal service, AwsLocation aws) {
        return new Statement(sid, effect, action, condition, resource, Map.of("Service", service.in(aws)));
    }

    /** The same for an AWS account, which may pass the right on to its own users and roles. */
    public Statement byAccount(AwsLocation aws) {
        var root = "arn:%s:iam::%s:root".formatted(aws.partition(), aws.accountId());
        return new Statement(sid, effect, action, condition, resource, Map.of("AWS", root));
    }
}
