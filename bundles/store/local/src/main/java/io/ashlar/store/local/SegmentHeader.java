package io.ashlar.store.local;

import io.ashlar.base.Lid;
import io.ashlar.base.Pid;
import io.ashlar.store.SegmentIdentity;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/// The first pages of a segment's file: who it is and how far it has come. Two slots are written in turn, so that a
/// torn write leaves the one before it. Every field is covered by the page's checksum and the block map by a digest of
/// its own (S10).
///
/// @param version grows by 1 with each header written; its parity is the slot
/// @param incarnation the journal sequence under which the segment was made
/// @param history what it remembers of its last changes
/// @param damage why the content cannot be trusted; empty when it can. At most 200 characters are kept
/// @param checkpoint the journal sequence up to which the file has everything
record SegmentHeader(
        UUID store,
        long version,
        SegmentIdentity identity,
        long incarnation,
        boolean complete,
        String damage,
        long checkpoint,
        SegmentProgress progress,
        SegmentHistory history) {

    private static final long MAGIC = 0x4153484c53454731L; // ASHLSEG1
    private static final int FORMAT = 1;
    private static final int MAX_DAMAGE_CHARACTERS = 200;
    private static final int HISTORY_AT = 1024;
    private static final int CHECKSUM_AT = SegmentLayout.HEADER_BYTES - Integer.BYTES;

    int slot() {
        return (int) (version % SegmentLayout.HEADER_SLOTS);
    }

    ByteBuffer encode() {
        var page = ByteBuffer.allocate(SegmentLayout.HEADER_BYTES);
        page.putLong(MAGIC).putInt(FORMAT).putInt(complete ? 1 : 0);
        page.putLong(store.getMostSignificantBits()).putLong(store.getLeastSignificantBits());
        page.putLong(version)
                .putLong(identity.pid().value())
                .putLong(identity.lid().value());
        page.putLong(identity.volumeId()).putInt(identity.index()).putInt(0);
        page.putLong(incarnation).putLong(checkpoint);
        page.putLong(progress.step())
                .putLong(progress.fence())
                .putLong(progress.epoch())
                .putLong(progress.counter());
        page.putLong(progress.blocks().digest());
        progress.blocks().encode(page);
        String kept = damage.substring(0, Math.min(damage.length(), MAX_DAMAGE_CHARACTERS));
        page.putInt(kept.length());
        kept.chars().forEach(c -> page.putChar((char) c));
        history.encode(page.position(HISTORY_AT));
        page.putInt(CHECKSUM_AT, checksumOf(page));
        return page.clear();
    }

    /// @return the header in this page, or empty when the page holds none that is whole
    static Optional<SegmentHeader> decode(ByteBuffer page, Pid pid, UUID store) {
        if (page.getInt(CHECKSUM_AT) != checksumOf(page)) {
            return Optional.empty();
        }
        page.rewind();
        if (page.getLong() != MAGIC || page.getInt() != FORMAT) {
            return Optional.empty();
        }
        boolean complete = page.getInt() == 1;
        var writtenStore = new UUID(page.getLong(), page.getLong());
        long version = page.getLong();
        long writtenPid = page.getLong();
        if (!writtenStore.equals(store) || writtenPid != pid.value()) {
            return Optional.empty();
        }
        var identity = new SegmentIdentity(pid, new Lid(page.getLong()), page.getLong(), page.getInt(), false);
        page.getInt();
        long incarnation = page.getLong();
        long checkpoint = page.getLong();
        long step = page.getLong();
        long fence = page.getLong();
        long epoch = page.getLong();
        long counter = page.getLong();
        long digest = page.getLong();
        var blocks = new BlockMap();
        blocks.decode(page);
        if (blocks.digest() != digest) {
            return Optional.empty();
        }
        var damage = new StringBuilder();
        for (int left = page.getInt(); left > 0; left--) {
            damage.append(page.getChar());
        }
        return Optional.of(new SegmentHeader(
                store,
                version,
                identity,
                incarnation,
                complete,
                damage.toString(),
                checkpoint,
                SegmentProgress.of(fence, epoch, counter, step, blocks),
                SegmentHistory.decode(page.position(HISTORY_AT), epoch, counter)));
    }

    static boolean blank(ByteBuffer page) {
        for (int at = 0; at < SegmentLayout.HEADER_BYTES; at += Long.BYTES) {
            if (page.getLong(at) != 0) {
                return false;
            }
        }
        return true;
    }

    private static int checksumOf(ByteBuffer page) {
        var crc = new CRC32C();
        crc.update(page.duplicate().position(0).limit(CHECKSUM_AT));
        return (int) crc.getValue();
    }
}
