/// Policy registries, checks, built-in defaults.
package io.ashlar.alloc.engine;
