package dev.sternpost.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManagedObjectIdTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "vm-1017",
                "host-12",
                "domain-c8",
                "datacenter-2",
                "resgroup-9",
                "datastore-11",
                "network-13",
                "group-d1",
                "group-v3",
                "group-h4",
                "group-s5",
                "group-n6"
            })
    void an_id_is_read_as_it_is_written(String text) {
        ManagedObjectId id = ManagedObjectId.parse(text);
        assertThat(id.value()).isEqualTo(text);
        assertThat(id).hasToString(text).isEqualTo(ManagedObjectId.parse(text));
        assertThat(text).endsWith(Long.toString(id.number()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "vm-",
                "vm",
                "-1",
                "17",
                "vm-0",
                "vm-01",
                "vm-1a",
                "vm-1 ",
                " vm-1",
                "VM-1",
                "vm--1",
                "group-1",
                "group-x1",
                "group-v",
                "domain-8",
                "vm-1234567890123456789",
                "vm-١",
                "task-7",
                "/vm-1"
            })
    void what_only_looks_like_an_id_is_none(String text) {
        assertThat(ManagedObjectId.tryParse(text)).isEmpty();
        assertThatThrownBy(() -> ManagedObjectId.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_id_of_one_kind_is_not_taken_for_another() {
        assertThatThrownBy(() -> new VirtualMachineId("host-12")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new FolderId("vm-12")).isInstanceOf(IllegalArgumentException.class);
        assertThat(new FolderId("group-s5").type()).isEqualTo(FolderType.DATASTORE);
        assertThat(FolderId.of(FolderType.HOST, 4)).isEqualTo(new FolderId("group-h4"));
    }

    @Test
    void ids_are_ordered_by_kind_and_then_by_number() {
        List<ManagedObjectId> ids = List.of(
                new FolderId("group-d1"),
                new FolderId("group-v20"),
                new ClusterId("domain-c7"),
                new HostId("host-9"),
                new HostId("host-10"),
                new VirtualMachineId("vm-2"),
                new VirtualMachineId("vm-11"));
        assertThat(ids.reversed().stream().sorted()).isEqualTo(ids);
    }

    @ParameterizedTest
    @ValueSource(strings = {"app-1", "host-3", "Ünïcode – ok", "a b", "...", "x.vmx", "vm-12", "12"})
    void a_usual_name_is_a_name(String name) {
        assertThat(ObjectName.isValid(name)).isTrue();
        assertThat(ObjectName.check(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a/b",
                ".",
                "..",
                " a",
                "a ",
                "a\nb",
                "a\u0000",
                "vm-1017",
                "host-1001",
                "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
                "0123456789012345678901234567890123456789012345678901234567890123456789012345678901"
            })
    void a_name_that_would_break_paths_or_pass_for_another_object_is_refused(String name) {
        assertThat(ObjectName.isValid(name)).isFalse();
        assertThatThrownBy(() -> ObjectName.check(name))
                .isInstanceOf(dev.sternpost.inventory.fault.FaultException.class)
                .hasMessageContaining("NAME_INVALID")
                .hasMessageContaining("Choose another")
                .hasMessageNotContaining("\n");
    }
}
