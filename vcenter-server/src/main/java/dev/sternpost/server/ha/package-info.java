/**
 * High availability as the server sees it: it says what the hosts of a cluster keep up, and shows what they tell. Nothing here is needed for a
 * failover. Enabling and disabling are tasks; that hosts know the newest configuration is a condition that {@code ConfigPush} holds. Start
 * reading at {@code HaWorkflows}.
 */
@NullMarked
package dev.sternpost.server.ha;

import org.jspecify.annotations.NullMarked;
