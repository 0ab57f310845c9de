/// Starts Apache Felix with the bundles and configurations of OSGi feature files.
package io.ashlar.launcher;
