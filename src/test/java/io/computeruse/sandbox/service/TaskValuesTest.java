package io.computeruse.sandbox.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The parts of a task definition refuse what ECS would refuse. The bounds are those of the Amazon ECS API. */
class TaskValuesTest {
    private static final String PROGRAM = "/usr/local/bin/healthcheck";

    @Test
    void aHealthCheckMayUseTheWholeOfEachRange() {
        assertThat(HealthCheck.ofProgram(PROGRAM, 5, 2, 1, 0).interval()).isEqualTo(5);
        assertThat(HealthCheck.ofProgram(PROGRAM, 300, 60, 10, 300).startPeriod())
                .isEqualTo(300);
    }

    @ParameterizedTest
    @CsvSource({
        "4, 5, 3, 60, interval", "301, 5, 3, 60, interval", "10, 1, 3, 60, timeout", "10, 61, 3, 60, timeout",
        "10, 5, 0, 60, retries", "10, 5, 11, 60, retries", "10, 5, 3, -1, startPeriod", "10, 5, 3, 301, startPeriod"
    })
    void aHealthCheckOutOfBoundsIsRefused(int interval, int timeout, int retries, int startPeriod, String wrong) {
        assertThatThrownBy(() -> HealthCheck.ofProgram(PROGRAM, interval, timeout, retries, startPeriod))
                .hasMessageContaining("the " + wrong + " of a health check");
    }

    @Test
    void aHealthCheckNamesItsProgramByAnAbsolutePath() {
        assertThatThrownBy(() -> HealthCheck.ofProgram("healthcheck", 10, 5, 3, 60))
                .hasMessageContaining("absolute path");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 121})
    void aStopTimeoutThatFargateWouldRefuseIsRefused(int seconds) {
        assertThatThrownBy(() -> new StopTimeout(seconds)).hasMessageContaining("2 to 120 seconds, not " + seconds);
        assertThat(new StopTimeout(120).seconds()).isEqualTo(120);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tmp", "/", "/tmp/", "/a b", "/a.b", "/a?"})
    void aPathThatEcsCouldNotNameAVolumeAfterIsRefused(String path) {
        assertThatThrownBy(() -> new EmptyVolume(path)).hasMessageContaining("\"" + path + "\"");
    }

    @Test
    void everyMountPointNamesItsVolumeAndNoTwoVolumesShareAName() {
        var volume = new EmptyVolume("/var/lib/x");
        assertThat(volume.mountPoint().sourceVolume()).isEqualTo(volume.name());
        assertThatThrownBy(() -> new ContainerSpec(
                        "c",
                        List.of(1),
                        Set.of(),
                        RootFileSystem.READ_ONLY,
                        List.of(volume, new EmptyVolume("/var/lib-x")),
                        LogDelivery.BLOCKING))
                .hasMessageContaining("same name");
    }

    /** Amazon ECS API, {@code KernelCapabilities}. */
    @Test
    void everyCapabilityIsOneThatEcsKnows() {
        assertThat(LinuxCapability.values())
                .extracting(Enum::name)
                .isSubsetOf(
                        "AUDIT_CONTROL",
                        "AUDIT_WRITE",
                        "BLOCK_SUSPEND",
                        "CHOWN",
                        "DAC_OVERRIDE",
                        "DAC_READ_SEARCH",
                        "FOWNER",
                        "FSETID",
                        "IPC_LOCK",
                        "IPC_OWNER",
                        "KILL",
                        "LEASE",
                        "LINUX_IMMUTABLE",
                        "MAC_ADMIN",
                        "MAC_OVERRIDE",
                        "MKNOD",
                        "NET_ADMIN",
                        "NET_BIND_SERVICE",
                        "NET_BROADCAST",
                        "NET_RAW",
                        "SETFCAP",
                        "SETGID",
                        "SETPCAP",
                        "SETUID",
                        "SYS_ADMIN",
                        "SYS_BOOT",
                        "SYS_CHROOT",
                        "SYS_MODULE",
                        "SYS_NICE",
                        "SYS_PACCT",
                        "SYS_PTRACE",
                        "SYS_RAWIO",
                        "SYS_RESOURCE",
                        "SYS_TIME",
                        "SYS_TTY_CONFIG",
                        "SYSLOG",
                        "WAKE_ALARM");
    }

    @Test
    void containerInsightsAndThePlatformHaveValuesThatEcsDocuments() {
        assertThat(ContainerInsights.values())
                .extracting(ContainerInsights::value)
                .isSubsetOf("enhanced", "enabled", "disabled");
        assertThat(PlatformVersion.values())
                .extracting(PlatformVersion::version)
                .isSubsetOf("1.3.0", "1.4.0", "LATEST");
    }
}
