/// Who we are, who else is there, and who leads.
@Version("1.0.0")
package io.ashlar.cluster;

import org.osgi.annotation.versioning.Version;
