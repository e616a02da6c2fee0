/** What the planner advises: moves with their cause, worth, cost and what was passed over for them. */
@NullMarked
package dev.sternpost.drs.recommendation;

import org.jspecify.annotations.NullMarked;
