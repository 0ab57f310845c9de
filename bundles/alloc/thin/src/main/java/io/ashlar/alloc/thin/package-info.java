/// Provision policy: space on first write.
package io.ashlar.alloc.thin;
