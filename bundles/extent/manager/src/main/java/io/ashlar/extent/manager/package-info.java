/// Extent manager.
package io.ashlar.extent.manager;
