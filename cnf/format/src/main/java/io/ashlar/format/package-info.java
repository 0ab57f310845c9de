/// The formatter of this code base: palantir-java-format, with comments kept as they were written.
package io.ashlar.format;
