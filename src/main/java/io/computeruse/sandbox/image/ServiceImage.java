package io.computeruse.sandbox.image;

import com.pulumi.core.Output;
import com.pulumi.docker.Image;
import com.pulumi.docker.ImageArgs;
import com.pulumi.docker.enums.BuilderVersion;
import com.pulumi.docker.inputs.DockerBuildArgs;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.CustomResourceOptions;
import io.computeruse.sandbox.config.CpuArchitecture;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * One service's image, built from this project and pushed to its repository.
 *
 * <p>Promise: a task definition gets the image by its digest. So what runs is what was built, even if somebody pushes another
 * image under the same tag.
 */
public final class ServiceImage extends ComponentResource {
    /**
     * The newest plugin of the SDK's major version. The SDK would choose 4.5.1, which supports Docker's API up to version 1.42, and
     * Docker Engine 29.0 to 29.2 refuse that version. This one supports it up to 1.51. The inputs and outputs of an image are the
     * same, apart from one additional output.
     */
    private static final String PLUGIN_VERSION = "4.11.2";

    private static final Pattern BY_DIGEST = Pattern.compile("[^@\\s]+@sha256:[0-9a-f]{64}");

    private final Output<String> reference;

    /**
     * @param service the service's name, with which the tag begins
     * @param folder the build context, relative to the project
     * @param target the stage of the Dockerfile to build; empty: the last one
     * @param buildArguments build arguments of the Dockerfile
     */
    public record Args(
            String service,
            Path folder,
            Optional<String> target,
            Map<String, String> buildArguments,
            CpuArchitecture architecture,
            ImageRepository repository) {}

    public ServiceImage(String name, Args args, ComponentResourceOptions options) {
        super("computer-use-sandbox:image:ServiceImage", name, options);
        var platform = args.architecture().imagePlatform();
        var tag = args.service() + "-"
                + new BuildContext(args.folder())
                        .tag(platform, args.target().orElse(""), new TreeMap<>(args.buildArguments()).toString());
        var build = DockerBuildArgs.builder()
                .context(args.folder().toString())
                .dockerfile(args.folder().resolve("Dockerfile").toString())
                .platform(platform)
                .args(args.buildArguments())
                .builderVersion(BuilderVersion.BuilderBuildKit);
        args.target().ifPresent(build::target);
        var image = new Image(
                name,
                ImageArgs.builder()
                        .imageName(args.repository().url().applyValue(url -> url + ":" + tag))
                        .build(build.build())
                        .registry(args.repository().registry())
                        .build(),
                CustomResourceOptions.builder()
                        .parent(this)
                        .version(PLUGIN_VERSION)
                        .build());
        reference = image.repoDigest().applyValue(ServiceImage::requireDigest);
        registerOutputs(Map.of("reference", reference));
    }

    /** Refuses a tag, which the provider returns if a push failed without an error: a tag must never be deployed. */
    static String requireDigest(String repoDigest) {
        if (!BY_DIGEST.matcher(repoDigest).matches()) {
            throw new IllegalStateException(
                    "the image has no digest, so it was not pushed: \"%s\"; see the Docker provider's messages above"
                            .formatted(repoDigest));
        }
        return repoDigest;
    }

    /** {@code REPOSITORY@sha256:DIGEST}. */
    public Output<String> reference() {
        return reference;
    }
}
