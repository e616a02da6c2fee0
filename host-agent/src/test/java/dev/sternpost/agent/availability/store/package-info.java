@NullMarked
package dev.sternpost.agent.availability.store;

import org.jspecify.annotations.NullMarked;
