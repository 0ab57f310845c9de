/// Volume manager: pools, volumes, their maps of extents, and who has them open. Private to its bundle.
package io.ashlar.volume.manager;
