package io.computeruse.sandbox.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.computeruse.sandbox.config.DcvSource;
import io.computeruse.sandbox.config.Viewer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    void whatTheImageDoesNotHoldDoesNotChangeItsTag() throws IOException {
        var before = tag();
        write("tests/test_app.py", "assert True");
        write("src/__pycache__/app.pyc", "x");
        write("src/old.pyc", "x");
        assertThat(tag()).isEqualTo(before);
    }

    @Test
    void movingBytesFromOneFileToTheNextChangesTheTag() throws IOException {
        write("src/a", "12");
        write("src/b", "3");
        var before = tag();
        write("src/a", "1");
        write("src/b", "23");
        assertThat(tag()).isNotEqualTo(before);
    }

    @Test
    void aPatternThatWouldBeReadDifferentlyFromDockerIsRefused() {
        assertThatThrownBy(() -> IgnoreRules.parse(List.of("*", "!src/**/*.py")))
                .hasMessageContaining("!src/**/*.py");
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
        for (var argument :
                new DcvSource("0".repeat(64), "0".repeat(40)).buildArguments().keySet()) {
            assertThat(dockerfile).containsPattern("(?m)^ARG " + argument + "$");
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
