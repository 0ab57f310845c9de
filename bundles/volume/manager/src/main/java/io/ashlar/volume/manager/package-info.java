/// Volume manager.
package io.ashlar.volume.manager;
