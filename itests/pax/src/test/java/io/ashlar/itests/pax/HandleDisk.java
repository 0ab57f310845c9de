package io.ashlar.itests.pax;

import io.ashlar.access.IoOutcome;
import io.ashlar.access.ReadOutcome;
import io.ashlar.access.VolumeAccess;
import io.ashlar.access.VolumeHandle;
import io.ashlar.base.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A volume through the service that frontends use.
final class HandleDisk implements Disk {

    private static final long BOUND_SECONDS = 40;

    private final VolumeHandle handle;

    HandleDisk(String volume) {
        handle = Live.ok(Live.service(VolumeAccess.class).open(volume, "itests"));
    }

    @Override
    public void write(long offset, byte[] sector) throws IOException {
        var done = new CompletableFuture<IoOutcome>();
        var payload = Payload.unpooled(ByteBuffer.wrap(sector));
        try {
            handle.write(offset, payload, done::complete);
        } finally {
            payload.release();
        }
        if (await(done) instanceof IoOutcome.Failed(var failure)) {
            throw new IOException("write at " + offset + ": " + failure);
        }
    }

    @Override
    public byte[] read(long offset) throws IOException {
        var done = new CompletableFuture<ReadOutcome>();
        handle.read(offset, SECTOR, done::complete);
        return switch (await(done)) {
            case ReadOutcome.Data(var payload) -> {
                var sector = new byte[SECTOR];
                payload.bytes().get(sector);
                payload.release();
                yield sector;
            }
            case ReadOutcome.Failed(var failure) -> throw new IOException("read at " + offset + ": " + failure);
        };
    }

    private static <T> T await(CompletableFuture<T> done) throws IOException {
        try {
            return done.get(BOUND_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        handle.close();
    }
}
