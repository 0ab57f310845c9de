/// Contract kit for policies.
package io.ashlar.alloc.kit;
