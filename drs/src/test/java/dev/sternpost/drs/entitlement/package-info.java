@NullMarked
package dev.sternpost.drs.entitlement;

import org.jspecify.annotations.NullMarked;
