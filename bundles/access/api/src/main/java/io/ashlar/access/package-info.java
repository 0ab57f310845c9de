/// The way into volumes: what every frontend calls, whatever protocol it speaks.
@Version("1.0.0")
package io.ashlar.access;

import org.osgi.annotation.versioning.Version;
