/// Test kit: worlds, fakes, simulator; never shipped.
package io.ashlar.base.kit;
