/// Tables in LevelDB.
package io.ashlar.meta.leveldb;
