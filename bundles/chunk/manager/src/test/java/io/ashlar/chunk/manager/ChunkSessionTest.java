package io.ashlar.chunk.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.chunk.ChunkInfo.State;
import org.junit.jupiter.api.Test;

class ChunkSessionTest {
    private final ChunkSession session = new ChunkSession(new ChunkSession.Limits(3000, 10_000));

    @Test
    void aChunkIsGoneUntilItRegistersAndHealthyFromItsFirstHeartbeat() {
        assertEquals(State.SESSION_EXPIRED, session.state());
        session.registered(0);
        assertEquals(State.REGISTERING, session.state());
        assertFalse(session.eligible());
        assertTrue(session.heartbeat("", 100));
        assertEquals(State.CONNECTED_HEALTHY, session.state());
        assertTrue(session.eligible());
    }

    @Test
    void threeSecondsOfSilenceMakeItUnhealthyAndTenMakeItExpired() {
        session.registered(0);
        session.heartbeat("", 1000);
        assertFalse(session.tick(3999));
        assertEquals(State.CONNECTED_HEALTHY, session.state());
        assertTrue(session.tick(4000));
        assertEquals(State.CONNECTED_UNHEALTHY, session.state());
        assertFalse(session.tick(10_999));
        assertTrue(session.tick(11_000));
        assertEquals(State.SESSION_EXPIRED, session.state());
        assertFalse(session.tick(99_000));
    }

    @Test
    void aHeartbeatBringsItBackFromSilence() {
        session.registered(0);
        session.heartbeat("", 0);
        session.tick(5000);
        session.heartbeat("", 5001);
        assertEquals(State.CONNECTED_HEALTHY, session.state());
        session.tick(20_000);
        session.heartbeat("", 20_001);
        assertEquals(State.CONNECTED_HEALTHY, session.state());
    }

    @Test
    void aChunkThatReportsTroubleIsUnhealthyAndSaysWhy() {
        session.registered(0);
        session.heartbeat("disk full", 1);
        assertEquals(State.CONNECTED_UNHEALTHY, session.state());
        assertEquals("disk full", session.trouble());
        session.heartbeat("", 2);
        assertEquals(State.CONNECTED_HEALTHY, session.state());
    }

    @Test
    void aChunkThatStopsIsStoppedAtOnceWhateverArrivesLate() {
        session.registered(0);
        session.heartbeat("", 0);
        session.stopping("shutdown");
        assertEquals(State.STOPPED, session.state());
        assertFalse(session.heartbeat("", 1));
        assertFalse(session.tick(60_000));
        assertEquals(State.STOPPED, session.state());
        session.registered(70_000);
        assertEquals(State.REGISTERING, session.state());
    }

    @Test
    void aChunkThatNeverBeatsAfterRegisteringExpires() {
        session.registered(0);
        assertFalse(session.tick(9_999));
        assertTrue(session.tick(10_000));
        assertEquals(State.SESSION_EXPIRED, session.state());
    }

    @Test
    void timeInWhichTheManagerDidNotListenIsNotHeldAgainstTheChunk() {
        session.registered(0);
        session.heartbeat("", 0);
        session.excuse(60_000);
        assertFalse(session.tick(62_999));
        assertTrue(session.tick(63_000));
    }

    @Test
    void theLimitsMustBeInOrder() {
        assertThrows(IllegalArgumentException.class, () -> new ChunkSession.Limits(3000, 3000));
        assertThrows(IllegalArgumentException.class, () -> new ChunkSession.Limits(0, 3000));
    }
}
