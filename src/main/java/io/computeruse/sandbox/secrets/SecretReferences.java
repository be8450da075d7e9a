package io.computeruse.sandbox.secrets;

import com.pulumi.core.Output;
import com.pulumi.resources.Resource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Which secret each of a container's secret environment variables comes from. It holds references, never a value.
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
        /** For {@code valueFrom} of a container definition: {@code ARN:field:version-stage:version-id}; parts may be empty. */
        Output<String> valueFrom() {
            return Output.tuple(secret.arn(), secret.versionId())
                    .applyValue(t -> "%s:%s::%s".formatted(t.t1, field, t.t2));
        }
    }

    private final List<Reference> references;

    private SecretReferences(List<Reference> references) {
        this.references = references;
    }

    /** A container without secrets. */
    static SecretReferences none() {
        return new SecretReferences(List.of());
    }

    /** These and one more: a variable that holds a whole secret. */
    SecretReferences with(String variable, StoredSecret secret) {
        return with(variable, secret, "");
    }

    /** These and one more: a variable that holds one field of a secret that is a JSON object. */
    SecretReferences with(String variable, StoredSecret secret, String field) {
        return new SecretReferences(
                Stream.concat(references.stream(), Stream.of(new Reference(variable, secret, field)))
                        .toList());
    }

    /** From each variable's name to its {@code valueFrom}, sorted by name. */
    public Output<Map<String, String>> valuesFrom() {
        var variables = references.stream().map(Reference::variable).toList();
        return Output.all(references.stream().map(Reference::valueFrom).toList())
                .applyValue(values -> {
                    var map = new TreeMap<String, String>();
                    for (int i = 0; i < values.size(); i++) {
                        map.put(variables.get(i), values.get(i));
                    }
                    return map;
                });
    }

    /** ARNs of the secrets, each once: what the execution role has to read. */
    public Output<List<String>> arns() {
        return Output.all(secrets().map(StoredSecret::arn).toList());
    }

    /** What has to exist before a container can start: the stored values. */
    public List<Resource> ready() {
        return secrets().<Resource>map(StoredSecret::ready).toList();
    }

    private Stream<StoredSecret> secrets() {
        return references.stream().map(Reference::secret).distinct();
    }
}
