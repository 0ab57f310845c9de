/// Provision policy: space at creation.
package io.ashlar.alloc.thick;
