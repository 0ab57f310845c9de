/// Tables in LevelDB, with a checksum on every row, a digest over all of them, and one sync for many commits.
package io.ashlar.meta.leveldb;
