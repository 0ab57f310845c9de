package io.ashlar.extent.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.ProcessIdentity;
import io.ashlar.base.SessionId;
import io.ashlar.base.StorageException;
import io.ashlar.meta.memory.MemoryMetaStore;
import java.lang.reflect.Proxy;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/// The component with its own thread and the real clock.
class ComponentLifeTest {
    private final MemoryMetaStore store = new MemoryMetaStore();
    private final FakeChunks chunks = new FakeChunks().with(1, 1L << 40).with(2, 1L << 40);
    private final World.Term term = new World.Term(1);

    private ExtentManagerComponent start() {
        var config = (ExtentManagerComponent.Config) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ExtentManagerComponent.Config.class},
                (proxy, method, arguments) ->
                        method.getName().equals("reportMillis") ? (Object) 20L : method.getDefaultValue());
        return new ExtentManagerComponent(term, store, chunks, new ProvisionPort(), config);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "in time");
            Thread.onSpinWait();
        }
    }

    @Test
    void itReportsByItselfAndAnswersNothingAfterItsEnd() throws InterruptedException {
        var component = start();
        await(() -> chunks.last() != null);
        long first = chunks.last().spaceVersion();
        await(() -> chunks.last().spaceVersion() > first + 1);
        component.deactivate();
        long last = chunks.last().spaceVersion();
        assertThrows(StorageException.StaleEpoch.class, component::sessions);
        assertThrows(StorageException.StaleEpoch.class, () -> component.closeSession(SessionId.random()));
        assertEquals(last, chunks.last().spaceVersion(), "its thread has ended");

        var successor = start();
        await(() -> chunks.last().spaceVersion() > last);
        successor.deactivate();
    }

    @Test
    void itGoesOnAfterAFailureOfTheStore() throws InterruptedException {
        var component = start();
        await(() -> chunks.last() != null);
        var session = SessionId.random();
        World.ok(component.openSession(session, "n1", ProcessIdentity.self()));
        store.fail(MemoryMetaStore.Failure.BEFORE, batch -> true);
        assertThrows(StorageException.Unavailable.class, () -> component.closeSession(session));
        assertEquals(1, store.rows(Rows.SESSIONS));
        store.heal();
        await(() -> store.rows(Rows.SESSIONS) == 0);
        component.deactivate();
    }

    @Test
    void itsOwnProcessIsNotTakenForGone() throws InterruptedException {
        var component = start();
        await(() -> chunks.last() != null);
        World.ok(component.openSession(SessionId.random(), "n1", ProcessIdentity.self()));
        component.deactivate();
        var successor = start();
        var next = SessionId.random();
        World.ok(successor.openSession(next, "n1", ProcessIdentity.self()));
        assertEquals(2, successor.sessions().size(), "the session of before is waited out");
        successor.deactivate();
    }
}
