package io.computeruse.sandbox.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import io.computeruse.sandbox.config.CpuArchitecture;
import io.computeruse.sandbox.config.DcvSource;
import io.computeruse.sandbox.config.Viewer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BuildContextTest {
    @TempDir
    Path folder;

    @BeforeEach
    void aSmallContext() throws IOException {
        write("Dockerfile", "FROM scratch");
        write(".dockerignore", "*\n# the program\n!Dockerfile\n!src\n**/__pycache__\n**/*.pyc\n");
        write("src/app.py", "print()");
    }

    private void write(String path, String text) throws IOException {
        var file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private String tag() {
        return new BuildContext(folder).tag("linux/arm64");
    }

    @Test
    void theSameFilesGiveTheSameTag() {
        assertThat(tag()).matches("[0-9a-f]{16}").isEqualTo(tag());
    }

    @Test
    void aChangeInTheContextGivesAnotherTag() throws IOException {
        var before = tag();
        write("src/app.py", "print(1)");
        var changed = tag();
        assertThat(changed).isNotEqualTo(before);
        write("src/other.py", "");
        assertThat(tag()).isNotEqualTo(changed);
        assertThat(new BuildContext(folder).tag("linux/amd64")).isNotEqualTo(tag());
    }

    @Test
    void anEditedDockerfileGivesAnotherTagEvenIfTheIgnoreFileExcludesIt() throws IOException {
        write(".dockerignore", "*\n!src\n");
        var before = tag();
        write("Dockerfile", "FROM scratch\nUSER nobody");
        assertThat(tag()).isNotEqualTo(before);
    }

    @Test
    void theTagDoesNotDependOnTheUmask() throws IOException {
        var before = tag();
        for (var mode : List.of("rw-------", "rwxr-xr-x")) {
            for (var path : List.of("Dockerfile", ".dockerignore", "src/app.py")) {
                Files.setPosixFilePermissions(folder.resolve(path), PosixFilePermissions.fromString(mode));
            }
            assertThat(tag()).as(mode).isEqualTo(before);
        }
    }

    /** A context, its files by path and its links by path, and the hash that it must have. */
    record Example(String name, Map<String, String> files, Map<String, String> links, String sha256) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** The hashes were computed without either implementation. The Docker plugin of the local AWS has the same test. */
    static List<Example> contexts() throws IOException {
        try (var reader = Files.newBufferedReader(Path.of("src", "test", "resources", "build-contexts.json"))) {
            return List.of(new Gson().fromJson(reader, Example[].class));
        }
    }

    @ParameterizedTest
    @MethodSource("contexts")
    void theHashIsThatOfTheSharedTable(Example example, @TempDir Path empty) throws IOException {
        folder = empty;
        for (var file : example.files().entrySet()) {
            write(file.getKey(), file.getValue());
        }
        for (var link : example.links().entrySet()) {
            Files.createSymbolicLink(folder.resolve(link.getKey()), Path.of(link.getValue()));
        }
        assertThat(new BuildContext(folder).sha256Hex()).isEqualTo(example.sha256());
    }

    @Test
    void anIgnoreFileThatDockerWouldReadInsteadIsRefused() throws IOException {
        write("Dockerfile.dockerignore", "*\n");
        assertThatThrownBy(() -> new BuildContext(folder))
                .hasMessageContaining("Dockerfile.dockerignore")
                .hasMessageContaining("merge it");
    }

    @Test
    void filesThatAreNotInTheContextDoNotChangeTheTag() throws IOException {
        var before = tag();
        write("tests/test_app.py", "assert True");
        write("src/__pycache__/app.pyc", "x");
        write("src/old.pyc", "x");
        assertThat(tag()).isEqualTo(before);
    }

    @Test
    void movingBytesFromOneFileToAnotherChangesTheTag() throws IOException {
        write("src/a", "12");
        write("src/b", "3");
        var before = tag();
        write("src/a", "1");
        write("src/b", "23");
        assertThat(tag()).isNotEqualTo(before);
    }

    @Test
    void aPatternThatDockerWouldReadDifferentlyIsRefused() {
        assertThatThrownBy(() -> IgnoreRules.parse(List.of("*", "!src/**/*.py")))
                .hasMessageContaining("!src/**/*.py");
        // For Docker the last matching pattern decides, so it would include src/x.pyc.
        assertThatThrownBy(() -> IgnoreRules.parse(List.of("*", "**/*.pyc", "!src")))
                .hasMessageContaining("\"!src\" would include again");
        assertThatThrownBy(() -> IgnoreRules.parse(List.of("tests"))).hasMessageContaining("first pattern must be *");
        assertThatThrownBy(() -> IgnoreRules.parse(List.of())).hasMessageContaining("first pattern must be *");
    }

    @Test
    void aFolderWithoutDockerfileIsRefusedByName() throws IOException {
        Files.delete(folder.resolve("Dockerfile"));
        assertThatThrownBy(() -> new BuildContext(folder)).hasMessageContaining("no Dockerfile");
    }

    @Test
    void theProjectsOwnContextsCanBeRead() {
        for (var service : List.of("environment", "orchestration")) {
            assertThat(new BuildContext(Path.of("images", service)).tag()).matches("[0-9a-f]{16}");
        }
    }

    @Test
    void everyViewerIsAStageOfTheDesktopsDockerfile() throws IOException {
        var dockerfile = Files.readString(Path.of("images", "environment", "Dockerfile"));
        for (var viewer : Viewer.values()) {
            assertThat(dockerfile).containsPattern("(?m)^FROM \\S+ AS " + viewer.imageTarget() + "$");
        }
        for (var argument : new DcvSource(CpuArchitecture.ARM64, "0".repeat(64), "0".repeat(40))
                .buildArguments()
                .keySet()) {
            assertThat(dockerfile).containsPattern("(?m)^ARG " + argument + "$");
        }
    }

    @Test
    void theArchiveOfAmazonDcvIsForTheProcessorOfTheImage() throws IOException {
        var dockerfile = Files.readString(Path.of("images", "environment", "Dockerfile"));
        for (var architecture : CpuArchitecture.values()) {
            var inTheImage = DcvSource.archive(architecture).replace(architecture.machine(), "$(uname -m)");
            assertThat(dockerfile).contains("/" + inTheImage).doesNotContain(architecture.machine());
        }
    }

    @Test
    void onlyAReferenceByDigestIsDeployed() {
        var digest = "repository@sha256:" + "0".repeat(64);
        assertThat(ServiceImage.requireDigest(digest)).isEqualTo(digest);
        for (var bad : List.of("repository:tag", "repository@sha256:12", "", digest + "x")) {
            assertThatThrownBy(() -> ServiceImage.requireDigest(bad)).hasMessageContaining("no digest");
        }
    }
}
