package dev.sternpost.agent.vmdirectory;

import dev.sternpost.agent.datastore.AllocatedBytes;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changing the disks of a powered-off virtual machine. New disks are made first, then the configuration is written by
 * the caller, which is when the change counts, then removed disks are deleted. A grown disk is grown before: a crash in
 * between leaves a disk larger than its configuration says, which harms nobody.
 */
final class Reconfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(Reconfiguration.class);

    private final StoredVm before;
    private final VmShape wish;
    private final FileOwner owner;
    private final Map<String, DiskShape> old = new HashMap<>();
    private final List<Path> made = new ArrayList<>();

    Reconfiguration(StoredVm before, VmShape wish, FileOwner owner) {
        this.before = before;
        this.wish = wish;
        this.owner = owner;
        before.shape().disks().forEach(disk -> old.put(disk.label(), disk));
        wish.disks().forEach(this::checkNotShrunk);
    }

    private void checkNotShrunk(DiskShape disk) {
        DiskShape was = old.get(disk.label());
        if (was != null && disk.capacityBytes() < was.capacityBytes()) {
            throw new FaultException(
                    FaultCode.CONFIG_INVALID,
                    "Disk " + disk.label() + " has " + was.capacityBytes()
                            + " bytes and cannot shrink; keep its size or make a new disk.");
        }
    }

    VmShape makeDisks() throws IOException {
        requireSpace();
        List<DiskShape> disks = new ArrayList<>();
        try {
            for (DiskShape disk : wish.disks()) {
                DiskShape was = old.get(disk.label());
                disks.add(was == null ? make(disk) : keep(disk, was));
            }
        } catch (IOException | RuntimeException e) {
            deleteMade();
            throw e;
        }
        return wish.withDisks(disks);
    }

    private DiskShape make(DiskShape disk) throws IOException {
        DiskShape named = disk.withFileName(freeName(disk.label())).withAllocatedBytes(0);
        Path file = before.directory().resolve(named.fileName());
        made.add(file);
        DiskImages.create(file, named);
        Creation.finish(file, owner);
        return named;
    }

    // How a disk was set aside cannot be changed by asking for it; the old word stays true.
    private DiskShape keep(DiskShape disk, DiskShape was) {
        DiskShape kept = new DiskShape(was.label(), disk.capacityBytes(), was.provisioning(), was.fileName(), 0);
        if (disk.capacityBytes() > was.capacityBytes()) {
            DiskImages.grow(before.directory().resolve(was.fileName()), kept);
        }
        return kept;
    }

    private String freeName(String label) {
        for (int i = 0; i < 1000; i++) {
            String name = before.vmxName() + "-" + label + (i == 0 ? "" : "-" + i) + ".qcow2";
            if (!Files.exists(before.directory().resolve(name), LinkOption.NOFOLLOW_LINKS)) {
                return name;
            }
        }
        throw new FaultException(
                FaultCode.CONFIG_INVALID, "No file name is free for disk " + label + "; clean up the directory.");
    }

    private void requireSpace() throws IOException {
        long neededBytes = 0;
        for (DiskShape disk : wish.disks()) {
            DiskShape was = old.get(disk.label());
            Provisioning provisioning = was == null ? disk.provisioning() : was.provisioning();
            if (provisioning != Provisioning.THIN) {
                neededBytes += disk.capacityBytes() - (was == null ? 0 : was.capacityBytes());
            }
        }
        if (neededBytes > Files.getFileStore(before.directory()).getUsableSpace()) {
            throw DiskImages.full(before.directory(), neededBytes + " bytes needed");
        }
    }

    void deleteMade() {
        made.forEach(Reconfiguration::deleteQuietly);
    }

    void deleteRemoved() {
        List<String> kept = wish.disks().stream().map(DiskShape::label).toList();
        old.values().stream()
                .filter(disk -> !kept.contains(disk.label()))
                .forEach(disk -> deleteQuietly(before.directory().resolve(disk.fileName())));
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("cannot delete {} ({} bytes): {}", file, AllocatedBytes.of(file), e.toString());
        }
    }
}
