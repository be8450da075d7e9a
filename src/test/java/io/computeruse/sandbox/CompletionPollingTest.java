package io.computeruse.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CompletionPollingTest {
    @Test
    void theMoreTasksRemainTheLongerIsThePause() {
        assertEquals(5, CompletionPolling.pauseMilliseconds("Remaining tasks [1]: {a}"));
        assertEquals(100, CompletionPolling.pauseMilliseconds("Remaining tasks [100]: {a,\nb}"));
        assertEquals(250, CompletionPolling.pauseMilliseconds("Remaining tasks [5000]: {a}"));
    }

    @Test
    void nothingElseThatIsLoggedIsHeldUp() {
        assertEquals(0, CompletionPolling.pauseMilliseconds("Tasks not done: Remaining tasks [1]"));
        assertEquals(0, CompletionPolling.pauseMilliseconds("Remaining tasks [many]"));
        assertEquals(0, CompletionPolling.pauseMilliseconds("Remaining tasks [99999999999999999999]"));
    }
}
