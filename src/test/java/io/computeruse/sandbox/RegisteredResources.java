package io.computeruse.sandbox;

import com.pulumi.test.Mocks;
import com.pulumi.test.PulumiTest;
import com.pulumi.test.TestOptions;
import com.pulumi.test.TestResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Runs the whole program without an engine: records every resource that it registers, and answers like AWS. */
final class RegisteredResources implements Mocks {
    private static final String ACCOUNT = "123456789012";

    private final List<ResourceArgs> resources = new CopyOnWriteArrayList<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final String region;

    private RegisteredResources(String region) {
        this.region = region;
    }

    /** @param region the provider's region; the configuration names none */
    static RegisteredResources of(String stackName, String region) {
        var registered = new RegisteredResources(region);
        var result = registered.run(stackName);
        if (!result.exceptions().isEmpty()) {
            throw new AssertionError(result.exceptions().get(0));
        }
        return registered;
    }

    /** The same for a configuration that the program is expected to refuse. */
    static Refusal refusal(String stackName, String region) {
        var registered = new RegisteredResources(region);
        var result = registered.run(stackName);
        return new Refusal(result.exceptions(), registered.resources());
    }

    record Refusal(List<Exception> exceptions, List<ResourceArgs> resources) {}

    private TestResult run(String stackName) {
        try {
            return PulumiTest.withMocks(this)
                    .withOptions(TestOptions.builder()
                            .projectName("computer-use-sandbox")
                            .stackName(stackName)
                            .build())
                    .runTest(SandboxStack::define);
        } finally {
            PulumiTest.cleanup();
        }
    }

    List<ResourceArgs> resources() {
        return List.copyOf(resources);
    }

    @Override
    public CompletableFuture<ResourceResult> newResourceAsync(ResourceArgs args) {
        resources.add(args);
        var state = new HashMap<String, Object>(args.inputs);
        state.putAll(computed(args.type, args.name));
        return CompletableFuture.completedFuture(ResourceResult.of(Optional.of(args.name + "-id"), state));
    }

    private Map<String, Object> computed(String type, String name) {
        var arn = Map.<String, Object>of("arn", "arn:aws:x:%s:%s:%s".formatted(region, ACCOUNT, name));
        return switch (type) {
            case "aws:ec2/vpc:Vpc" -> Map.of("ipv6CidrBlock", "2600:1f14:abc:de00::/56");
            case "aws:kms/key:Key" -> Map.of("keyId", "1234abcd-12ab-34cd-56ef-1234567890ab", "arn", arn.get("arn"));
            case "aws:lb/loadBalancer:LoadBalancer" ->
                Map.of("dnsName", "x-0123456789abcdef.elb." + region + ".amazonaws.com", "arn", arn.get("arn"));
            case "aws:ecr/repository:Repository" ->
                Map.of(
                        "repositoryUrl",
                        "%s.dkr.ecr.%s.amazonaws.com/%s".formatted(ACCOUNT, region, name),
                        "arn",
                        arn.get("arn"),
                        "name",
                        name);
            case "docker:index/image:Image" -> Map.of("repoDigest", "r@sha256:" + "0".repeat(64));
            default -> arn;
        };
    }

    @Override
    public CompletableFuture<Map<String, Object>> callAsync(CallArgs args) {
        calls.add(args.token);
        return CompletableFuture.completedFuture(
                switch (args.token) {
                    case "aws:index/getPartition:getPartition" ->
                        Map.of(
                                "partition",
                                "aws",
                                "dnsSuffix",
                                "amazonaws.com",
                                "id",
                                "aws",
                                "reverseDnsPrefix",
                                "com.amazonaws");
                    case "aws:index/getRegion:getRegion" ->
                        Map.of("name", region, "id", region, "description", region, "endpoint", "ec2." + region);
                    case "aws:index/getCallerIdentity:getCallerIdentity" ->
                        Map.of(
                                "accountId",
                                ACCOUNT,
                                "arn",
                                "arn:aws:iam::" + ACCOUNT + ":root",
                                "id",
                                ACCOUNT,
                                "userId",
                                "x");
                    case "aws:index/getAvailabilityZones:getAvailabilityZones" ->
                        Map.of(
                                "names",
                                List.of(region + "a", region + "b"),
                                "zoneIds",
                                List.of("az1", "az2"),
                                "groupNames",
                                List.of(region),
                                "id",
                                region);
                    case "aws:ecr/getAuthorizationToken:getAuthorizationToken" ->
                        Map.of(
                                "authorizationToken",
                                "x",
                                "expiresAt",
                                "x",
                                "id",
                                region,
                                "password",
                                "x",
                                "proxyEndpoint",
                                "https://x",
                                "userName",
                                "AWS");
                    default -> throw new IllegalArgumentException("no answer to " + args.token);
                });
    }
}
