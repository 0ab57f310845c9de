package io.ashlar.store.local;

import java.io.IOException;
import java.util.List;

/// The directory of one chunk, as the store needs it. Names are relative, with `/` between the parts. The store goes to
/// its files through here alone, so that a test can lose what was not synced.
///
/// **Thread:** any.
interface Disk {
    /// @throws java.nio.file.NoSuchFileException when it does not exist
    DiskFile open(String name) throws IOException;

    /// Opens a file, making it empty first if it does not exist. The new name is durable after [#syncDirectory].
    DiskFile create(String name) throws IOException;

    boolean exists(String name) throws IOException;

    /// @return the names (without the directory) in a directory, sorted
    List<String> list(String directory) throws IOException;

    /// Makes a directory if it does not exist.
    void makeDirectory(String name) throws IOException;

    /// Removes a file if it exists.
    void delete(String name) throws IOException;

    /// Makes the names in a directory durable.
    void syncDirectory(String name) throws IOException;

    /// Sets the whole content of a small file: the old or the new one is there after any crash; durable on return.
    void replace(String name, byte[] content) throws IOException;

    byte[] content(String name) throws IOException;

    /// @return what the file system below can still take, in bytes
    long usableBytes() throws IOException;
}
