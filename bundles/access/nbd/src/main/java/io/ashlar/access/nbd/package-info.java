/// NBD server.
package io.ashlar.access.nbd;
