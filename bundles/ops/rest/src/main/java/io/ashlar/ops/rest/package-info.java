/// REST API.
package io.ashlar.ops.rest;
