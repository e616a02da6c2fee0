package dev.sternpost.cli.folder;

import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.inventory.v1.ManagedObject;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachine;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The inventory by parents. */
final class InventoryTree {
    /** Deeper than any real tree; guards against a circle. */
    private static final int DEPTH_MAX = 100;

    private final Map<String, List<ManagedObject>> childrenByParent = new HashMap<>();
    private final List<ManagedObject> tops = new ArrayList<>();

    InventoryTree(List<ManagedObject> objects) {
        Set<String> ids = objects.stream().map(ManagedObject::getId).collect(Collectors.toSet());
        for (ManagedObject object : objects) {
            childrenByParent
                    .computeIfAbsent(object.getParentId(), parent -> new ArrayList<>())
                    .add(object);
            if (!ids.contains(object.getParentId())) {
                tops.add(object);
            }
        }
        childrenByParent.values().forEach(children -> children.sort(Comparator.comparing(ManagedObject::getName)));
    }

    /** The root folder; a server that does not list it gets one made up above what it lists. */
    ManagedObject root() {
        if (tops.isEmpty()) {
            throw new CommandFailure(ExitCode.NOT_FOUND, "the inventory is empty");
        }
        ManagedObject first = tops.getFirst();
        return first.getParentId().isEmpty()
                ? first
                : ManagedObject.newBuilder()
                        .setId(first.getParentId())
                        .setPath("/")
                        .setName("/")
                        .build();
    }

    List<ManagedObject> children(ManagedObject parent) {
        return childrenByParent.getOrDefault(parent.getId(), List.of());
    }

    /** Everything below an object. */
    List<ManagedObject> below(ManagedObject top) {
        List<ManagedObject> found = new ArrayList<>();
        collect(top, found, 0);
        return found;
    }

    private void collect(ManagedObject parent, List<ManagedObject> found, int depth) {
        if (depth > DEPTH_MAX) {
            return;
        }
        for (ManagedObject child : children(parent)) {
            found.add(child);
            collect(child, found, depth + 1);
        }
    }

    void draw(PrintStream out, ManagedObject top) {
        out.println(Table.cell(top.getPath().isEmpty() ? top.getName() : top.getPath()));
        draw(out, top, "", 0);
    }

    private void draw(PrintStream out, ManagedObject parent, String indent, int depth) {
        if (depth > DEPTH_MAX) {
            return;
        }
        List<ManagedObject> children = children(parent);
        for (int i = 0; i < children.size(); i++) {
            boolean last = i == children.size() - 1;
            out.println(indent + (last ? "└── " : "├── ") + label(children.get(i)));
            draw(out, children.get(i), indent + (last ? "    " : "│   "), depth + 1);
        }
    }

    private static String label(ManagedObject object) {
        String name = Table.cell(object.getName());
        return switch (object.getDetailCase()) {
            case VIRTUAL_MACHINE -> "%s  (%s)".formatted(name, vm(object.getVirtualMachine()));
            case HOST ->
                "%s  (host, %s)".formatted(name, Words.of(object.getHost().getConnectionState()));
            case FOLDER -> name + "/";
            case DATACENTER, CLUSTER, RESOURCE_POOL, DATASTORE, NETWORK, DETAIL_NOT_SET ->
                "%s  (%s)".formatted(name, Words.of(object.getKind()));
        };
    }

    private static String vm(VirtualMachine vm) {
        return vm.getTemplate()
                ? "template"
                : "%s on %s".formatted(Words.of(vm.getPowerState()), Table.cell(vm.getHostName()));
    }
}
