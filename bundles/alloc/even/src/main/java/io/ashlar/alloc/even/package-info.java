/// Placement policy: every chunk fills at the same rate.
package io.ashlar.alloc.even;
