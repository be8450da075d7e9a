package io.computeruse.sandbox;

import com.pulumi.Pulumi;

/** Entry point of the Pulumi program. */
public final class App {
    private App() {}

    public static void main(String[] args) {
        Pulumi.run(context -> {
            CompletionPolling.pauseBetweenTurns();
            SandboxStack.define(context);
        });
    }
}
