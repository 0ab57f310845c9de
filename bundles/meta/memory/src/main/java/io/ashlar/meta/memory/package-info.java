/// Tables in memory, for tests.
package io.ashlar.meta.memory;
