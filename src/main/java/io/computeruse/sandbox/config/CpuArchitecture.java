package io.computeruse.sandbox.config;

/** The processor that the tasks run on and that the images are built for. */
public enum CpuArchitecture {
    ARM64("linux/arm64", "aarch64"),
    X86_64("linux/amd64", "x86_64");

    public static final String KEY = "cpuArchitecture";

    private final String imagePlatform;
    private final String machine;

    CpuArchitecture(String imagePlatform, String machine) {
        this.imagePlatform = imagePlatform;
        this.machine = machine;
    }

    /** @throws InvalidSettingException if Fargate has no such processor */
    public static CpuArchitecture parse(String text) {
        return Choice.parse(KEY, text, values(), Enum::name);
    }

    /** Docker's name for it. An image for another platform than the task's fails with "exec format error". */
    public String imagePlatform() {
        return imagePlatform;
    }

    /** The kernel's name for it, as {@code uname -m} prints it in the image. */
    public String machine() {
        return machine;
    }
}
