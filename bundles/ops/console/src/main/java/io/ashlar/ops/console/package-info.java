/// Web console: login and pages.
package io.ashlar.ops.console;
