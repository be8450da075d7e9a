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
import java.util.TreeMap;

/**
 * The ECR repository of both images.
 *
 * <p>Promise: images are encrypted with the sandbox's key and scanned when they are pushed. Tags are mutable, because a second
 * build of the same files has another digest (newer packages, other timestamps), and ECR would refuse to push it under an immutable
 * tag. That costs no safety: task definitions name images by digest, so no tag decides what runs.
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
                        // Destroying the stack deletes its images too.
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

    /**
     * Images are counted for each service separately, so that many builds of one service do not expire the image that the other one
     * runs. Untagged images are kept too: an image loses its tag when the same files are built again, and runs until the next
     * deployment.
     */
    private static String lifecycle() {
        return new Gson()
                .toJson(Map.of(
                        "rules",
                        List.of(
                                keepNewest(1, Map.of("tagStatus", "tagged", "tagPrefixList", List.of("environment-"))),
                                keepNewest(
                                        2, Map.of("tagStatus", "tagged", "tagPrefixList", List.of("orchestration-"))),
                                keepNewest(3, Map.of("tagStatus", "untagged")))));
    }

    private static Map<String, Object> keepNewest(int priority, Map<String, Object> images) {
        var selection = new TreeMap<>(images);
        selection.put("countType", "imageCountMoreThan");
        selection.put("countNumber", KEPT_IMAGES);
        return new TreeMap<>(Map.of(
                "rulePriority",
                priority,
                "description",
                "keep the newest " + KEPT_IMAGES,
                "selection",
                selection,
                "action",
                Map.of("type", "expire")));
    }

    /** Host name of the registry. */
    public Output<String> host() {
        return url().applyValue(url -> url.substring(0, url.indexOf('/')));
    }

    /** {@code HOST/NAME}, without a tag. */
    public Output<String> url() {
        return repository.repositoryUrl();
    }

    public Output<String> arn() {
        return repository.arn();
    }

    /** Credentials for pushing, valid for twelve hours; a secret output. */
    Output<RegistryArgs> registry() {
        return login.applyValue(token -> RegistryArgs.builder()
                        .server(token.proxyEndpoint())
                        .username(token.userName())
                        .password(Output.ofSecret(token.password()))
                        .build())
                .asSecret();
    }
}
