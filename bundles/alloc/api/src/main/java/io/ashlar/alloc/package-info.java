/// Where extents go and when their space counts: the requests, the answers, and the policies that connect them.
@Version("1.0.0")
package io.ashlar.alloc;

import org.osgi.annotation.versioning.Version;
