/// Chunk manager.
package io.ashlar.chunk.manager;
