/** CPU baselines of clusters and virtual machines: what is set, whom it suits, and who waits for it. A condition that each power-on keeps. */
@NullMarked
package dev.sternpost.server.baseline;

import org.jspecify.annotations.NullMarked;
