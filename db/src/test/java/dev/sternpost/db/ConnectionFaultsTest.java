package dev.sternpost.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class ConnectionFaultsTest {
    private static RuntimeException failure(String sqlState) {
        return new IllegalStateException("cannot open", new RuntimeException(new SQLException("no", sqlState)));
    }

    @Test
    void what_an_administrator_can_put_right_is_told_by_its_reason() {
        assertThat(ConnectionFaults.clearer(failure("08001"))).hasMessageContaining("does not answer");
        assertThat(ConnectionFaults.clearer(failure("28P01"))).hasMessageContaining("refuses the login");
        assertThat(ConnectionFaults.clearer(failure("3D000"))).hasMessageContaining("no such database");
    }

    @Test
    void any_other_failure_stays_what_it_is() {
        RuntimeException other = failure("42601");
        RuntimeException plain = new IllegalStateException("no database was asked");
        assertThat(ConnectionFaults.clearer(other)).isSameAs(other);
        assertThat(ConnectionFaults.clearer(plain)).isSameAs(plain);
    }
}
