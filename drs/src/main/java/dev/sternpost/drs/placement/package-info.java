/**
 * Placement: the host for a VM that is made, powered on or moved. Pure: feasibility with every reason per host first, then a
 * score, then a tie-break by id, so that the same question always has the same answer.
 */
@NullMarked
package dev.sternpost.drs.placement;

import org.jspecify.annotations.NullMarked;
