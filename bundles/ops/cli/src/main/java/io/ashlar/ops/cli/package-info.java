/// Command line.
package io.ashlar.ops.cli;
