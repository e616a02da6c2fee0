package dev.sternpost.drs.balancing;

import java.util.List;

/**
 * How balancing ended; its moves are in the book.
 *
 * @param moves how many recommendations were made for balance
 * @param stopped why there are no more of them, in words
 * @param bindingConstraints in the order of what they cost, most first
 */
public record Balance(int moves, String stopped, List<BindingConstraint> bindingConstraints) {
    public Balance {
        bindingConstraints = List.copyOf(bindingConstraints);
    }
}
