@NullMarked
package dev.sternpost.server.virtualmachine;

import org.jspecify.annotations.NullMarked;
