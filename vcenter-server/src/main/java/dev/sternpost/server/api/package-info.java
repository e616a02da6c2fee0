/**
 * The public API: gRPC and, derived from the same definitions, JSON over HTTPS, on one TLS port. Endpoints translate
 * between messages and the domain and decide nothing; generated classes go no further than this package.
 */
@NullMarked
package dev.sternpost.server.api;

import org.jspecify.annotations.NullMarked;
