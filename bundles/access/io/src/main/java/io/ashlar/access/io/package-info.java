/// The data path.
package io.ashlar.access.io;
