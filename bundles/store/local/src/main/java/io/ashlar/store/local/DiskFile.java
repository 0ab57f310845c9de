package io.ashlar.store.local;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/// One open file. Positions and lengths are bytes. What is written may be lost in a crash until [#force()] has
/// returned.
///
/// **Thread:** any, but one alone may use [#write(ByteBuffer[], long)].
interface DiskFile extends Closeable {
    long size() throws IOException;

    /// Grows (with a hole) or cuts the file.
    void setSize(long bytes) throws IOException;

    /// Fills the buffer.
    ///
    /// @throws java.io.EOFException when the file ends before
    void read(ByteBuffer into, long position) throws IOException;

    /// Writes all that remains in the buffer.
    void write(ByteBuffer from, long position) throws IOException;

    /// Writes the buffers one behind the other.
    void write(ByteBuffer[] from, long position) throws IOException;

    /// Makes a range read as zeros; its space stays taken.
    void zero(long position, long length) throws IOException;

    /// Makes a range read as zeros and gives its space back.
    void punch(long position, long length) throws IOException;

    /// Takes the space of a range, so that writing into it cannot fail for want of room. Its content stays.
    void reserve(long position, long length) throws IOException;

    /// Makes everything written before durable.
    void force() throws IOException;
}
