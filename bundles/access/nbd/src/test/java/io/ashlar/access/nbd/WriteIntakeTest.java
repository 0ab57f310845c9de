package io.ashlar.access.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class WriteIntakeTest {
    private final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
    private final WriteIntake intake = new WriteIntake();

    @Test
    void theSocketReadsTheRestOfAWriteStraightIntoItsPlace() {
        var channelReads = new ReadBuffers(intake).newHandle();
        intake.begin(allocator, 10_000);
        intake.fill(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}));

        var first = channelReads.allocate(allocator);
        assertEquals(9_997, first.writableBytes(), "not a byte of the next request is read into it");
        first.writeBytes(new byte[5_000]).setByte(4_999, 4);
        assertTrue(intake.took(first));
        first.release();
        assertFalse(intake.isComplete());

        var second = channelReads.allocate(allocator);
        second.writeBytes(new byte[4_997]).setByte(4_996, 5);
        assertTrue(intake.took(second));
        second.release();
        assertTrue(intake.isComplete());

        var payload = intake.finish();
        var bytes = payload.bytes();
        assertEquals(10_000, bytes.remaining());
        assertTrue(bytes.isDirect());
        assertEquals(1, bytes.get(0));
        assertEquals(4, bytes.get(5_002));
        assertEquals(5, bytes.get(9_999));
        payload.release();
        assertEquals(0, allocator.pinnedDirectMemory());
    }

    @Test
    void aReadThatGotNothingLeavesThePlaceToTheNext() {
        var channelReads = new ReadBuffers(intake).newHandle();
        intake.begin(allocator, 100);
        channelReads.allocate(allocator).release();
        var again = channelReads.allocate(allocator);
        assertEquals(100, again.writableBytes());
        again.release();
        intake.abandon();
        assertEquals(0, allocator.pinnedDirectMemory());
    }

    @Test
    void afterALargeWriteLittleIsReadBeyondTheNextHeader() {
        var buffers = new ReadBuffers(intake);
        var channelReads = buffers.newHandle();
        for (int length : new int[] {4_096, 1 << 20, 4_096}) {
            buffers.received(length);
            var buffer = channelReads.allocate(allocator);
            assertEquals(length == 4_096 ? 65_536 : 4_096, buffer.writableBytes());
            buffer.release();
        }
    }
}
