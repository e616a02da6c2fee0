@NullMarked
package dev.sternpost.server.certificate;

import org.jspecify.annotations.NullMarked;
