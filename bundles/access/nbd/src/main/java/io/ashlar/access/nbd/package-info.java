/// NBD server: volumes as network block devices for kernels, hypervisors and copy tools.
package io.ashlar.access.nbd;
