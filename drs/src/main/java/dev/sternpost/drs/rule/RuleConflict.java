package dev.sternpost.drs.rule;

import java.util.List;

/**
 * Rules that cannot all be kept, whatever the load.
 *
 * @param ruleNames the rules, the one that cannot be kept because of the others first
 * @param explanation why, in words
 */
public record RuleConflict(List<String> ruleNames, String explanation) {
    public RuleConflict {
        ruleNames = List.copyOf(ruleNames);
    }
}
