package io.computeruse.sandbox.secrets;

import com.pulumi.core.Output;
import com.pulumi.resources.Resource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which environment variable of a container comes from which secret: references only, never a value.
 *
 * <p>Promise: a reference names the secret's version. ECS reads secrets only when it starts a task, so a reference without a
 * version would leave a running task with the old value until something else restarts it. With the version in it, a changed
 * secret changes the task definition, and the service replaces its task.
 */
public final class SecretReferences {
    /**
     * @param variable the environment variable
     * @param field the field of a secret that is a JSON object; empty: the whole secret
     */
    private record Reference(String variable, StoredSecret secret, String field) {
        /**
         * As {@code valueFrom} of a container definition takes it: {@code ARN:field:version-stage:version-id}, in which a part
         * may be empty.
         */
        Output<String> valueFrom() {
            return Output.tuple(secret.arn(), secret.versionId())
                    .applyValue(t -> "%s:%s::%s".formatted(t.t1, field, t.t2));
        }
    }

    private final List<Reference> references;

    private SecretReferences(List<Reference> references) {
        this.references = references;
    }

    static SecretReferences none() {
        return new SecretReferences(List.of());
    }

    SecretReferences with(String variable, StoredSecret secret) {
        return with(variable, secret, "");
    }

    SecretReferences with(String variable, StoredSecret secret, String field) {
        return new SecretReferences(
                Stream.concat(references.stream(), Stream.of(new Reference(variable, secret, field)))
                        .toList());
    }

    /** Variable to {@code valueFrom}, sorted by variable. */
    public Output<Map<String, String>> valuesFrom() {
        var variables = references.stream().map(Reference::variable).toList();
        return Output.all(references.stream().map(Reference::valueFrom).toList())
                .applyValue(values -> {
                    var map = new java.util.TreeMap<String, String>();
                    for (int i = 0; i < values.size(); i++) {
                        map.put(variables.get(i), values.get(i));
                    }
                    return map;
                });
    }

    /** The secrets themselves, each once. */
    public Output<List<String>> arns() {
        return Output.all(secrets().map(StoredSecret::arn).toList());
    }

    /** What has to exist before a container can start. */
    public List<Resource> ready() {
        return secrets().map(StoredSecret::ready).collect(Collectors.toList());
    }

    private Stream<StoredSecret> secrets() {
        return references.stream().map(Reference::secret).distinct();
    }
}
