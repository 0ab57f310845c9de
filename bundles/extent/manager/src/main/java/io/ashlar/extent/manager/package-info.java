/// Extent manager: tables of logical and physical extents, leases, space versions. Private to its bundle.
package io.ashlar.extent.manager;
