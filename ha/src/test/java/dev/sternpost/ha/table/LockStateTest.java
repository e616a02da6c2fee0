package dev.sternpost.ha.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LockStateTest {
    @Test
    void a_lock_is_read_as_it_was_written_and_no_number_is_that_none_could_follow() {
        for (String text : List.of("-", "host-3@17", "@5", "@" + LockState.GENERATION_MAX)) {
            assertThat(LockState.parse(text).encoded()).isEqualTo(text);
        }
        for (String text : List.of("@-1", "host-3@" + Long.MAX_VALUE, "@9223372036854775808", "@")) {
            assertThatThrownBy(() -> LockState.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> VmTable.parseEntries("7:" + Long.MAX_VALUE + "r"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
