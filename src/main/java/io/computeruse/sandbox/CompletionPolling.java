package io.computeruse.sandbox;

import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Makes the SDK wait instead of spin. Until every resource is registered, {@code com.pulumi:pulumi} 1.36.1 asks in a loop without
 * a pause whether tasks remain ({@code DeploymentImpl.DefaultRunner.checkForTasks}), which keeps one core busy for the whole
 * deployment: half of this program's CPU time, and on two cores time that the engine and the provider lack. The loop logs at the
 * finest level on each turn; that is the one place where it can be paused from outside. With an SDK that does not spin, nothing
 * here has an effect.
 */
final class CompletionPolling {
    private static final long PAUSE_MILLISECONDS = 40;

    /** Held for ever: the log manager itself forgets loggers that nobody holds. */
    private static final Logger RUNNER = Logger.getLogger("com.pulumi.deployment.internal.DeploymentImpl");

    private CompletionPolling() {}

    /** Takes effect only once the SDK has set its loggers up, so inside {@code Pulumi.run}. */
    static void pauseBetweenTurns() {
        RUNNER.setFilter(CompletionPolling::isLoggable);
        RUNNER.setLevel(Level.FINEST);
    }

    private static boolean isLoggable(LogRecord record) {
        if (record.getMessage().startsWith("Remaining tasks")) {
            try {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return record.getLevel().intValue() >= Level.SEVERE.intValue();
    }
}
