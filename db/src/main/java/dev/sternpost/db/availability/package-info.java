/** Which configuration of high availability the hosts of each cluster were told. */
@NullMarked
package dev.sternpost.db.availability;

import org.jspecify.annotations.NullMarked;
