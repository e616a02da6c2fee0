/**
 * The agent's edge: the one stream to the server, enrolment and renewal of certificates, and the only place in the agent
 * where generated protocol classes are seen. The agent dials; when the server is away it dials again for ever, and virtual
 * machines do not notice.
 */
@NullMarked
package dev.sternpost.agent.endpoint;

import org.jspecify.annotations.NullMarked;
