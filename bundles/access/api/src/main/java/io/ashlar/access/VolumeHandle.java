package io.ashlar.access;

import io.ashlar.base.Completion;
import io.ashlar.base.Payload;
import org.osgi.annotation.versioning.ProviderType;

/// One client's opened volume. Several handles of one volume, here and elsewhere, see one another's writes.
///
/// Any offset and length is accepted that lies inside the volume and is at most [io.ashlar.base.Units#MAX_IO_BYTES]
/// long (zero, discard and block status: at most 2 GiB); whole sectors are fastest. What is out of range is answered
/// with [IoFailure.Kind#OUT_OF_RANGE].
///
/// **Thread:** any, also event loops: no call blocks. Completions come on a thread of the access layer and must not
/// block it.
/// **Order:** requests in flight together have no order among each other; a request sent after another was completed
/// sees it.
/// **[IoFailure.Kind#SHUTTING_DOWN]:** the request may be issued again through another handle. It was perhaps done in
/// part; but no later attempt of it reaches the chunks, except under a lease epoch that the sync of whoever serves the
/// extent next fences (S3): it cannot come after anything that is issued later.
/// **Back-pressure:** the caller bounds what it has in flight (bytes and requests).
@ProviderType
public interface VolumeHandle extends AutoCloseable {
    String name();

    /// @return the size now; it may grow while the handle is open
    long sizeBytes();

    /// @param completion [ReadOutcome.Data] carries one reference that the receiver releases
    void read(long offsetBytes, int lengthBytes, Completion<ReadOutcome> completion);

    /// Every acknowledged write is durable on all listed replicas, so a forced write differs in nothing.
    ///
    /// @param data retained by the callee as long as it needs; the caller keeps (and drops) its own reference
    void write(long offsetBytes, Payload data, Completion<IoOutcome> completion);

    /// Makes a range read as zeros.
    ///
    /// @param discard true: give the space back (TRIM); false: keep it allocated
    void zero(long offsetBytes, long lengthBytes, boolean discard, Completion<IoOutcome> completion);

    /// Completed when every write of this volume that was acknowledged before is durable.
    void flush(Completion<IoOutcome> completion);

    /// Tells what is allocated; neighbouring runs of one kind are merged.
    void blockStatus(long offsetBytes, long lengthBytes, Completion<StatusOutcome> completion);

    /// Gives the handle back; requests in flight are still completed. Closing twice is harmless. Does not block.
    @Override
    void close();
}
