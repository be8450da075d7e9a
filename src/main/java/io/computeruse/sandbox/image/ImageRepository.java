package io.computeruse.sandbox.image;

import com.google.gson.Gson;
import com.pulumi.aws.ecr.EcrFunctions;
import com.pulumi.aws.ecr.LifecyclePolicy;
import com.pulumi.aws.ecr.LifecyclePolicyArgs;
import com.pulumi.aws.ecr.Repository;
import com.pulumi.aws.ecr.RepositoryArgs;
import com.pulumi.aws.ecr.inputs.GetAuthorizationTokenArgs;
import com.pulumi.aws.ecr.inputs.RepositoryEncryptionConfigurationArgs;
import com.pulumi.aws.ecr.inputs.RepositoryImageScanningConfigurationArgs;
import com.pulumi.aws.ecr.outputs.GetAuthorizationTokenResult;
import com.pulumi.core.Output;
import com.pulumi.deployment.InvokeOptions;
import com.pulumi.docker.inputs.RegistryArgs;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import java.util.List;
import java.util.Map;

/**
 * The repository of both images.
 *
 * <p>Promise: images are encrypted with the sandbox's key and scanned when pushed. A tag may be pushed again: the Docker
 * provider gives every build a random label, so a second build of the same files has another digest, and with immutable tags ECR
 * would refuse it. Task definitions name images by digest, so a tag decides about nothing that runs.
 */
public final class ImageRepository extends ComponentResource {
    private static final int KEPT_IMAGES = 10;

    private final Repository repository;
    private final Output<GetAuthorizationTokenResult> login;

    /** @param keyArn the key that encrypts the images */
    public record Args(Output<String> keyArn) {}

    public ImageRepository(String name, Args args, ComponentResourceOptions options) {
        super("computer-use-sandbox:image:ImageRepository", name, options);
        var child = CustomResourceOptions.builder().parent(this).build();
        repository = new Repository(
                name,
                RepositoryArgs.builder()
                        .encryptionConfigurations(RepositoryEncryptionConfigurationArgs.builder()
                                .encryptionType("KMS")
                                .kmsKey(args.keyArn())
                                .build())
                        .imageTagMutability("MUTABLE")
                        .imageScanningConfiguration(RepositoryImageScanningConfigurationArgs.builder()
                                .scanOnPush(true)
                                .build())
                        // Destroying the stack removes its images too.
                        .forceDelete(true)
                        .build(),
                child);
        new LifecyclePolicy(
                name,
                LifecyclePolicyArgs.builder()
                        .repository(repository.name())
                        .policy(lifecycle())
                        .build(),
                child);
        login = EcrFunctions.getAuthorizationToken(
                GetAuthorizationTokenArgs.Empty,
                InvokeOptions.builder().parent(this).build());
        registerOutputs(Map.of("url", repository.repositoryUrl()));
    }

    /** Counted for each service apart: many builds of one must not push the other's running image out. */
    private static String lifecycle() {
        return new Gson()
                .toJson(Map.of("rules", List.of(keepNewest(1, "environment-"), keepNewest(2, "orchestration-"))));
    }

    private static Map<String, Object> keepNewest(int priority, String tagPrefix) {
        return new java.util.TreeMap<>(Map.of(
                "rulePriority",
                priority,
                "description",
                "keep the newest %d of %s*".formatted(KEPT_IMAGES, tagPrefix),
                "selection",
                new java.util.TreeMap<>(Map.of(
                        "tagStatus",
                        "tagged",
                        "tagPrefixList",
                        List.of(tagPrefix),
                        "countType",
                        "imageCountMoreThan",
                        "countNumber",
                        KEPT_IMAGES)),
                "action",
                Map.of("type", "expire")));
    }

    public Output<String> url() {
        return repository.repositoryUrl();
    }

    public Output<String> arn() {
        return repository.arn();
    }

    /** How to push: valid for twelve hours, and secret. */
    Output<RegistryArgs> registry() {
        return login.applyValue(token -> RegistryArgs.builder()
                        .server(token.proxyEndpoint())
                        .username(token.userName())
                        .password(Output.ofSecret(token.password()))
                        .build())
                .asSecret();
    }
}
