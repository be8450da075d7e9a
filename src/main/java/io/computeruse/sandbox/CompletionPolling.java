package io.computeruse.sandbox;

import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the SDK wait instead of spin. Until every resource is registered, {@code com.pulumi:pulumi} 1.36.1 asks in a loop without
 * a pause whether tasks remain ({@code DeploymentImpl.DefaultRunner.checkForTasks}), which keeps one core busy for the whole
 * deployment: half of this program's CPU time, and on two cores time that the engine and the provider lack. The loop logs at the
 * finest level on each turn; that is the one place where it can be paused from outside. With an SDK that does not spin, nothing
 * here has an effect.
 */
final class CompletionPolling {
    /** The loop's first message on each turn: the number of remaining tasks, then each of them. */
    private static final Pattern TURN = Pattern.compile("Remaining tasks \\[(\\d{1,6})].*", Pattern.DOTALL);

    private static final long LEAST_MILLISECONDS = 5;
    private static final long MOST_MILLISECONDS = 250;

    /** Static, because LogManager keeps only weak references to loggers. */
    private static final Logger RUNNER = Logger.getLogger("com.pulumi.deployment.internal.DeploymentImpl");

    private CompletionPolling() {}

    /** Takes effect only once the SDK has set its loggers up, so inside {@code Pulumi.run}. */
    static void pauseBetweenTurns() {
        RUNNER.setFilter(CompletionPolling::isLoggable);
        RUNNER.setLevel(Level.FINEST);
    }

    private static boolean isLoggable(LogRecord record) {
        try {
            TimeUnit.MILLISECONDS.sleep(pauseMilliseconds(record.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return record.getLevel().intValue() >= Level.SEVERE.intValue();
    }

    /**
     * How long to wait when a message is logged: 0 unless it begins a turn. A turn writes every task down twice, so the pause grows
     * with their number and what the turns cost does not; when few are left, it is short and the program ends at once.
     */
    static long pauseMilliseconds(String message) {
        Matcher turn = TURN.matcher(message);
        return turn.matches()
                ? Math.min(Math.max(Long.parseLong(turn.group(1)), LEAST_MILLISECONDS), MOST_MILLISECONDS)
                : 0;
    }
}
