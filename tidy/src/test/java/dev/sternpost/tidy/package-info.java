/**
 * Repository checks that run as tests: what reviewers would otherwise have to say again and again.
 *
 * <p>Exceptions that stand are counted here, in the test that knows them, and the count only falls.
 */
@NullMarked
package dev.sternpost.tidy;

import org.jspecify.annotations.NullMarked;
