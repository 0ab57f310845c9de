/// Looks at every part of the cluster and says how it is.
package io.ashlar.ops.health;
