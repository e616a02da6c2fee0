package dev.sternpost.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.vmotion.precopy.WriteKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationPointTest {

    @Test
    void the_grid_has_at_least_forty_points_of_both_orders_on_both_sides_of_convergence() {
        assertThat(MigrationPoint.grid()).hasSizeGreaterThanOrEqualTo(40).doesNotHaveDuplicates();
        assertThat(MigrationPoint.grid()).extracting(MigrationPoint::kind).contains(WriteKind.values());
        assertThat(MigrationPoint.grid()).anyMatch(MigrationPoint::converges).anyMatch(point -> !point.converges());
    }

    @Test
    void a_point_converges_just_when_nothing_need_be_taken_from_its_guest() {
        assertThat(MigrationPoint.grid())
                .allSatisfy(point -> assertThat(point.converges()).isEqualTo(point.throttleShareMin() == 0));
    }

    @Test
    void a_guest_writes_at_the_rate_of_its_point() {
        MigrationPoint point = new MigrationPoint(8, 0.5, 50_000_000, WriteKind.RANDOM);
        double rate = point.guest().writesInATick() * (double) WriterGuest.PAGE_BYTES * WriterGuest.TICKS_PER_SECOND;
        assertThat(rate / point.bandwidthBytesPerSecond()).isBetween(0.48, 0.52);
    }

    @Test
    void its_disk_is_one_that_a_machine_boots_from(@TempDir Path directory) throws IOException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/qemu-img")), "no qemu-img here");
        Path disk = directory.resolve("disk.qcow2");
        new MigrationPoint(8, 0.5, 50_000_000, WriteKind.CYCLIC).guest().makeDisk(disk);
        assertThat(Files.size(disk)).isPositive();
    }
}
