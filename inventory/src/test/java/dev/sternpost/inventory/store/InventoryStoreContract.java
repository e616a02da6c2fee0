package dev.sternpost.inventory.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.inventory.AutomationLevel;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterRules;
import dev.sternpost.inventory.ClusterRules.HostAffinity;
import dev.sternpost.inventory.ClusterRules.HostGroup;
import dev.sternpost.inventory.ClusterRules.VmAffinity;
import dev.sternpost.inventory.ClusterRules.VmGroup;
import dev.sternpost.inventory.ClusterRules.VmHostRule;
import dev.sternpost.inventory.ClusterRules.VmRule;
import dev.sternpost.inventory.DrsSettings;
import dev.sternpost.inventory.Folder;
import dev.sternpost.inventory.FolderId;
import dev.sternpost.inventory.FolderType;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostConnectionState;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.PoolAllocation;
import dev.sternpost.inventory.ResourceAllocation;
import dev.sternpost.inventory.ResourcePool;
import dev.sternpost.inventory.SharesLevel;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VmRuntime;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.event.EventSeverity;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What every {@link InventoryStore} promises of reading and writing. */
public abstract class InventoryStoreContract extends InventoryStoreFixture {
    // ---- reading and writing ----

    @Test
    void a_new_store_holds_the_root_folder_and_nothing_else() {
        InventorySnapshot snapshot = store.load();
        assertThat(snapshot.objects()).containsExactly(Folder.ROOT);
        assertThat(store.events(EventQuery.newest(10))).isEmpty();
        assertThat(store.lastEventSequence()).isZero();
        assertThat(store.deltasAfter(snapshot.revision(), 10)).isEmpty();
    }

    @Test
    void every_kind_of_object_is_read_back_as_it_was_written() {
        Folder folder = sample.addFolder(sample.datacenter.vmFolderId(), "web – ünïcode \"quoted\" \\");
        VirtualMachine vm = sample.addVm("app-1", folder.id(), sample.hosts.getFirst());
        Committed committed = store.commit(putting(sample.objects()));
        List<ManagedObject> expected = new ArrayList<>(List.of(Folder.ROOT));
        sample.objects().forEach(object -> expected.add(object.withVersion(1)));
        assertThat(store.load().objects()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(reopen().load().objects()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(reopen().load().revision()).isEqualTo(committed.revision());
        assertThat(store.load().get(vm.id()).config()).isEqualTo(vm.config());
    }

    @Test
    void allocations_settings_and_rules_are_read_back_as_they_were_written() {
        VirtualMachine vm = sample.addVm("app-1", sample.datacenter.vmFolderId(), sample.hosts.getFirst());
        store.commit(putting(sample.objects()));
        ResourceAllocation custom =
                new ResourceAllocation(100, ResourceAllocation.UNLIMITED, SharesLevel.CUSTOM, 1_234);
        ClusterRules rules = new ClusterRules(
                List.of(new VmGroup("vms", List.of(vm.id()))),
                List.of(new HostGroup("hosts", List.of(sample.hosts.getFirst().id()))),
                List.of(new VmRule("apart", true, VmAffinity.KEEP_APART, List.of(vm.id()))),
                List.of(new VmHostRule("oracle", false, HostAffinity.SHOULD_RUN_ON, "vms", "hosts")));
        DrsSettings drs = new DrsSettings(
                false,
                AutomationLevel.FULLY_AUTOMATED,
                5,
                30,
                List.of(new DrsSettings.VmOverride(vm.id(), AutomationLevel.DISABLED)));
        Cluster cluster = sample.cluster.withVersion(1).withDrs(drs).withRules(rules);
        ResourcePool pool = sample.rootPool
                .withVersion(1)
                .withAllocations(new PoolAllocation(custom, false), PoolAllocation.NORMAL);
        VirtualMachine allocated =
                vm.withVersion(1).withConfig(vm.config().withAllocations(custom, ResourceAllocation.NORMAL));
        store.commit(putting(List.of(cluster, pool, allocated)));
        assertThat(reopen().load().objects())
                .contains(cluster.withVersion(2), pool.withVersion(2), allocated.withVersion(2));
    }

    @Test
    void a_commit_answers_with_the_next_revision_and_the_new_versions() {
        long before = store.load().revision();
        Folder folder = newFolder("east");
        Committed made = store.commit(putting(folder));
        assertThat(made.delta())
                .isEqualTo(new InventoryDelta(before + 1, List.of(new InventoryDelta.Put(folder.withVersion(1)))));
        Committed renamed = store.commit(putting(folder.withVersion(1).withName("west")));
        assertThat(renamed.delta().changes())
                .containsExactly(new InventoryDelta.Put(folder.withName("west").withVersion(2)));
        assertThat(renamed.revision()).isEqualTo(before + 2);
        Committed removed = store.commit(
                InventoryWrite.builder().remove(folder.withVersion(2)).build());
        assertThat(removed.delta().changes()).containsExactly(new InventoryDelta.Removed(folder.id()));
        assertThat(store.load().objects()).containsExactly(Folder.ROOT);
    }

    @Test
    void an_object_can_be_moved_and_changed_again_and_again() {
        store.commit(putting(sample.objects()));
        Host host = stored(Host.class, sample.hosts.get(1));
        for (int i = 2; i < 6; i++) {
            Host changed = host.withConnection(HostConnectionState.NOT_RESPONDING, i, null);
            store.commit(putting(changed));
            host = stored(Host.class, host);
            assertThat(host).isEqualTo(changed.withVersion(i));
        }
    }

    // ---- refusals ----

    @Test
    void a_write_based_on_an_old_version_is_refused() {
        Folder folder = newFolder("east");
        store.commit(putting(folder));
        store.commit(putting(folder.withVersion(1).withName("west")));
        assertFault(FaultCode.VERSION_CONFLICT, () -> store.commit(putting(folder.withVersion(1))));
        assertFault(FaultCode.VERSION_CONFLICT, () -> store.commit(putting(folder.withName("other"))));
        assertFault(
                FaultCode.VERSION_CONFLICT,
                () -> store.commit(
                        InventoryWrite.builder().remove(folder.withVersion(1)).build()));
        assertThat(stored(Folder.class, folder).name()).isEqualTo("west");
    }

    @Test
    void a_write_to_a_removed_object_is_refused() {
        Folder folder = newFolder("east");
        store.commit(putting(folder));
        store.commit(InventoryWrite.builder().remove(folder.withVersion(1)).build());
        assertFault(FaultCode.VERSION_CONFLICT, () -> store.commit(putting(folder.withVersion(1))));
        assertFault(
                FaultCode.VERSION_CONFLICT,
                () -> store.commit(
                        InventoryWrite.builder().remove(folder.withVersion(1)).build()));
    }

    @Test
    void a_name_is_given_once_in_a_parent_and_is_free_again_afterwards() {
        Folder east = newFolder("east");
        store.commit(putting(east));
        assertFault(FaultCode.NAME_TAKEN, () -> store.commit(putting(newFolder("east"))));
        Folder other = newFolder("other");
        store.commit(putting(other));
        assertFault(
                FaultCode.NAME_TAKEN,
                () -> store.commit(putting(other.withVersion(1).withName("east"))));
        store.commit(InventoryWrite.builder().remove(east.withVersion(1)).build());
        store.commit(putting(other.withVersion(1).withName("east")));
        assertThat(store.load().findByPath("/east"))
                .contains(other.withName("east").withVersion(2));
    }

    @Test
    void names_that_differ_in_case_are_different_and_names_in_other_parents_do_not_matter() {
        Folder east = newFolder("east");
        Folder inside = Folder.create(FolderId.of(FolderType.DATACENTER, store.nextIdNumber()), "east", east.id());
        store.commit(putting(List.of(east, newFolder("East"), inside)));
        assertThat(store.load().findByName("east", Folder.class)).hasSize(2);
    }

    @Test
    void a_child_needs_its_parent() {
        Folder orphan = Folder.create(
                FolderId.of(FolderType.DATACENTER, 1_002), "orphan", FolderId.of(FolderType.DATACENTER, 1_001));
        assertFault(FaultCode.OBJECT_NOT_FOUND, () -> store.commit(putting(orphan)));
    }

    @Test
    void a_parent_is_not_removed_before_its_children() {
        store.commit(putting(sample.objects()));
        assertFault(
                FaultCode.OBJECT_NOT_EMPTY,
                () -> store.commit(InventoryWrite.builder()
                        .remove(sample.cluster.withVersion(1))
                        .build()));
        InventoryWrite.Builder all = InventoryWrite.builder();
        store.load().descendants(FolderId.ROOT).reversed().forEach(all::remove);
        store.commit(all.build());
        assertThat(store.load().objects()).containsExactly(Folder.ROOT);
    }

    @Test
    void two_virtual_machines_do_not_share_a_uuid() {
        VirtualMachine vm = sample.addVm("app-1", sample.datacenter.vmFolderId(), sample.hosts.getFirst());
        store.commit(putting(sample.objects()));
        VirtualMachine other = sample.vm("app-2", sample.datacenter.vmFolderId(), sample.hosts.getFirst());
        VirtualMachine copy = new VirtualMachine(
                other.id(),
                other.name(),
                other.parentId(),
                0,
                vm.uuid(),
                other.config(),
                false,
                other.hostId(),
                other.resourcePoolId(),
                other.datastoreId(),
                other.directory(),
                other.vmxName(),
                1,
                VmRuntime.OFF,
                other.status(),
                "");
        assertFault(FaultCode.VM_ALREADY_REGISTERED, () -> store.commit(putting(copy)));
    }

    @Test
    void a_refused_write_leaves_nothing_and_takes_no_number() {
        Folder east = newFolder("east");
        store.commit(InventoryWrite.builder().put(east).event(event("one")).build());
        InventorySnapshot before = store.load();
        InventoryWrite bad = InventoryWrite.builder()
                .put(newFolder("west"))
                .put(newFolder("east"))
                .event(event("two"))
                .audit(new AuditDraft("administrator", "Folder.Create", east.id(), ""))
                .build();
        assertFault(FaultCode.NAME_TAKEN, () -> store.commit(bad));
        assertThat(store.load().objects()).isEqualTo(before.objects());
        assertThat(store.lastEventSequence()).isEqualTo(1);
        assertThat(store.audits(east.id(), 10)).isEmpty();
        assertThat(store.commit(putting(newFolder("north"))).revision()).isEqualTo(before.revision() + 1);
    }

    // ---- deltas ----

    @Test
    void deltas_lead_from_any_kept_revision_to_the_present() {
        InventorySnapshot begin = store.load();
        store.commit(putting(sample.objects()));
        store.commit(
                InventoryWrite.builder().event(event("nothing but an event")).build());
        store.commit(putting(stored(Host.class, sample.hosts.getFirst()).withMode(HostMode.MAINTENANCE)));
        store.commit(InventoryWrite.builder()
                .remove(sample.network.withVersion(1))
                .putAll(sample.hosts.stream()
                        .map(host -> stored(Host.class, host))
                        .map(host ->
                                host.withReport(Objects.requireNonNull(host.facts()), host.datastoreIds(), List.of()))
                        .toList())
                .build());
        InventorySnapshot now = begin;
        for (InventoryDelta delta : store.deltasAfter(begin.revision(), 10)) {
            now = now.apply(delta);
        }
        assertThat(now.revision()).isEqualTo(begin.revision() + 4);
        assertThat(now.objects()).isEqualTo(store.load().objects());
        assertThat(reopen().deltasAfter(begin.revision(), 10)).isEqualTo(store.deltasAfter(begin.revision(), 10));
    }

    @Test
    void deltas_come_in_pages_of_the_wanted_size() {
        long begin = store.load().revision();
        for (int i = 0; i < 5; i++) {
            store.commit(putting(newFolder("f" + i)));
        }
        assertThat(store.deltasAfter(begin, 2))
                .extracting(InventoryDelta::revision)
                .containsExactly(begin + 1, begin + 2);
        assertThat(store.deltasAfter(begin + 4, 2))
                .extracting(InventoryDelta::revision)
                .containsExactly(begin + 5);
    }

    @Test
    void a_revision_that_has_not_come_is_refused() {
        long now = store.load().revision();
        assertFault(FaultCode.CURSOR_INVALID, () -> store.deltasAfter(now + 1, 10));
    }

    @Test
    void old_deltas_expire_and_newer_ones_do_not() {
        open(open(10));
        long begin = store.load().revision();
        for (int i = 0; i < 60; i++) {
            store.commit(putting(newFolder("f" + i)));
        }
        long oldest = store.oldestRevision();
        assertThat(oldest).isBetween(begin + 1, begin + 50);
        assertFault(FaultCode.CURSOR_EXPIRED, () -> store.deltasAfter(begin, 10));
        assertFault(FaultCode.CURSOR_EXPIRED, () -> store.deltasAfter(oldest - 1, 10));
        assertThat(store.deltasAfter(oldest, 1_000)).hasSize((int) (begin + 60 - oldest));
    }

    // ---- events and audit ----

    @Test
    void events_are_numbered_without_gaps_in_the_order_they_were_written() {
        Folder east = newFolder("east");
        store.commit(InventoryWrite.builder()
                .put(east)
                .event(event("one"))
                .event(event("two"))
                .build());
        Committed third =
                store.commit(InventoryWrite.builder().event(event("three")).build());
        assertThat(third.events()).extracting(Event::sequence).containsExactly(3L);
        List<Event> all = store.events(EventQuery.after(0, 10));
        assertThat(all).extracting(Event::sequence).containsExactly(1L, 2L, 3L);
        assertThat(all).extracting(Event::message).containsExactly("one", "two", "three");
        assertThat(all.get(2)).isEqualTo(third.events().getFirst());
        assertThat(store.lastEventSequence()).isEqualTo(3);
    }

    @Test
    void an_event_is_read_back_as_it_was_written() {
        store.commit(putting(sample.objects()));
        Host host = sample.hosts.getFirst();
        EventDraft full = EventDraft.about(sample.cluster, EventType.CLUSTER_CREATED, "made „prod“")
                .onHost(host.id())
                .byUser("administrator")
                .byTask("task-7")
                .withSeverity(EventSeverity.ERROR);
        EventDraft plain = event("plain");
        store.commit(InventoryWrite.builder().event(full).event(plain).build());
        assertThat(reopen().events(EventQuery.after(0, 10)))
                .extracting(Event::draft)
                .containsExactly(full, plain);
    }

    @Test
    void events_are_found_by_position_subject_host_and_task() {
        store.commit(putting(sample.objects()));
        Host host = sample.hosts.getFirst();
        store.commit(InventoryWrite.builder()
                .event(EventDraft.about(host, EventType.HOST_CONNECTED, "1"))
                .event(EventDraft.about(sample.cluster, EventType.CLUSTER_CREATED, "2")
                        .onHost(host.id()))
                .event(EventDraft.about(sample.cluster, EventType.CLUSTER_CREATED, "3")
                        .byTask("task-7"))
                .event(event("4"))
                .build());
        assertThat(messages(EventQuery.newest(2))).containsExactly("4", "3");
        assertThat(messages(EventQuery.before(3, 10))).containsExactly("2", "1");
        assertThat(messages(EventQuery.after(1, 2))).containsExactly("2", "3");
        assertThat(messages(EventQuery.after(0, 10).about(host.id()))).containsExactly("1", "2");
        assertThat(messages(EventQuery.newest(10).about(sample.cluster.id()))).containsExactly("3", "2");
        assertThat(messages(EventQuery.newest(10).ofTask("task-7"))).containsExactly("3");
    }

    private List<String> messages(EventQuery query) {
        return store.events(query).stream().map(Event::message).toList();
    }

    @Test
    void the_audit_trail_says_who_did_what_and_how_the_object_was_before_and_after() {
        Folder folder = newFolder("east");
        AuditDraft create = new AuditDraft("administrator", "Folder.Create", folder.id(), "");
        AuditDraft rename = new AuditDraft("administrator", "Folder.Rename", folder.id(), "task-7");
        AuditDraft look = new AuditDraft("auditor", "System.Read", folder.id(), "");
        store.commit(InventoryWrite.builder().put(folder).audit(create).build());
        Folder made = folder.withVersion(1);
        Committed renamed = store.commit(InventoryWrite.builder()
                .put(made.withName("west"))
                .audit(rename)
                .build());
        store.commit(InventoryWrite.builder().audit(look).build());
        List<AuditEntry> entries = store.audits(folder.id(), 10);
        assertThat(entries).extracting(AuditEntry::draft).containsExactly(look, rename, create);
        assertThat(entries.get(0).after()).isNull();
        assertThat(entries.get(1).before()).isEqualTo(made);
        assertThat(entries.get(1).after()).isEqualTo(made.withName("west").withVersion(2));
        assertThat(entries.get(1).revision()).isEqualTo(renamed.revision());
        assertThat(entries.get(2).before()).isNull();
        assertThat(entries.get(2).after()).isEqualTo(made);
        assertThat(store.audits(folder.id(), 1)).hasSize(1);
    }
}
