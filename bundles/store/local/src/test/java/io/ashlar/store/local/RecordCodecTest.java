package io.ashlar.store.local;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Lid;
import io.ashlar.base.Pid;
import io.ashlar.base.StorageException;
import io.ashlar.store.SegmentIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
    private static final UUID STORE = UUID.randomUUID();
    private static final Pid P = new Pid(0x7fff_0000_0000_0123L);

    @Test
    void aFrameIsReadAsItWasWritten() {
        var create = JournalRecord.create(new SegmentIdentity(P, new Lid(9), 77, 3, true), 4096, 55);
        var write =
                JournalRecord.change(JournalRecord.Kind.WRITE, P, 4096, 2, 55, 1, 8192, 8192, 0, new int[] {-1, 17});
        var builder = new FrameBuilder(1 << 20);
        builder.add(create, null);
        builder.add(write, ByteBuffer.wrap(Rig.pattern(1, 8192)));
        var position = new JournalPosition(2, 12288, 5, 99);

        var frame = builder.seal(position, STORE);
        var head = ByteBuffer.allocate(frame[0].remaining()).put(frame[0]);
        var header = FrameHeader.peek(head, 0, STORE).orElseThrow();

        assertEquals(position, header.position());
        assertTrue(header.intact(head));
        assertEquals(8192, header.payloadBytes());
        var records = header.records(head);
        assertEquals(create.identity(), records.get(0).identity());
        assertEquals(55, records.get(0).epoch());
        assertArrayEquals(write.checksums(), records.get(1).checksums());
        assertEquals(write.offset(), records.get(1).offset());
        assertEquals(Optional.empty(), FrameHeader.peek(head, 0, UUID.randomUUID()), "of another store");
        head.put(700, (byte) 1);
        assertFalse(header.intact(head));
    }

    @Test
    void recordsTakeTheBytesThatAreReckonedWith() {
        var write =
                JournalRecord.change(JournalRecord.Kind.WRITE, P, 4096, 2, 55, 1, 8192, 8192, 0, new int[] {-1, 17});
        var buffer = ByteBuffer.allocate(1000);
        write.encode(buffer);
        assertEquals(JournalRecord.encodedBytes(2), buffer.position());
    }

    @Test
    void aHeaderOfAnotherSegmentOrStoreIsNoHeader() {
        var identity = new SegmentIdentity(P, new Lid(9), 77, 3, false);
        var header = new SegmentHeader(
                STORE, 7, identity, 4096, true, "", 12, new SegmentProgress(), SegmentHistory.startingAt(0, 0));

        var page = header.encode();

        assertEquals(
                identity, SegmentHeader.decode(page, P, STORE).orElseThrow().identity());
        assertEquals(Optional.empty(), SegmentHeader.decode(page, new Pid(1), STORE));
        assertEquals(Optional.empty(), SegmentHeader.decode(page, P, UUID.randomUUID()));
    }

    @Test
    void anIdentityIsReadAsItWasWrittenAndADamagedOneIsRefused() throws IOException {
        var disk = new MemoryDisk();
        var identity = StoreIdentity.draw().joined(UUID.randomUUID(), new ChunkId(3));
        identity.write(disk);
        assertEquals(identity, StoreIdentity.read(disk));

        disk.flip(StoreIdentity.FILE, 20, 0);
        assertThrows(StorageException.DataLost.class, () -> StoreIdentity.read(disk));
    }

    @Test
    void aSegmentsFileNameTellsItsPid() {
        var name = SegmentLayout.fileOf(P);
        assertEquals("extents/23/7fff000000000123.seg", name);
        assertEquals(P.value(), SegmentLayout.pidOf("7fff000000000123.seg").orElseThrow());
        assertTrue(SegmentLayout.pidOf("0000000000000000.seg").isEmpty());
        assertTrue(SegmentLayout.pidOf("x.seg").isEmpty());
    }
}
