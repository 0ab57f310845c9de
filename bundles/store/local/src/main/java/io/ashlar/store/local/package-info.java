/// The chunk store on local disks.
package io.ashlar.store.local;
