package dev.sternpost.sso.access;

/** What can be allowed or not, by the field's names. */
public enum Privilege {
    SYSTEM_READ("System.Read"),
    SYSTEM_VIEW("System.View"),
    CERTIFICATE_MANAGE("Certificate.Manage"),
    DATACENTER_CREATE("Datacenter.Create"),
    DATACENTER_DELETE("Datacenter.Delete"),
    DATACENTER_RENAME("Datacenter.Rename"),
    DATASTORE_BROWSE("Datastore.Browse"),
    FOLDER_CREATE("Folder.Create"),
    FOLDER_DELETE("Folder.Delete"),
    FOLDER_MOVE("Folder.Move"),
    FOLDER_RENAME("Folder.Rename"),
    GLOBAL_CANCEL_TASK("Global.CancelTask"),
    GLOBAL_DIAGNOSTICS("Global.Diagnostics"),
    HOST_ADD("Host.Inventory.AddHostToCluster"),
    HOST_CREATE_CLUSTER("Host.Inventory.CreateCluster"),
    HOST_DELETE_CLUSTER("Host.Inventory.DeleteCluster"),
    HOST_EDIT_CLUSTER("Host.Inventory.EditCluster"),
    HOST_MAINTENANCE("Host.Config.Maintenance"),
    HOST_POWER("Host.Config.Power"),
    HOST_HIGH_AVAILABILITY("Host.Config.HighAvailability"),
    HOST_QUARANTINE("Host.Config.Quarantine"),
    HOST_REMOVE("Host.Inventory.RemoveHostFromCluster"),
    RESOURCE_APPLY_RECOMMENDATION("Resource.ApplyRecommendation"),
    RESOURCE_ASSIGN_VM_TO_POOL("Resource.AssignVMToPool"),
    RESOURCE_CREATE_POOL("Resource.CreatePool"),
    RESOURCE_DELETE_POOL("Resource.DeletePool"),
    RESOURCE_EDIT_POOL("Resource.EditPool"),
    RESOURCE_HOT_MIGRATE("Resource.HotMigrate"),
    VM_CONFIG("VirtualMachine.Config.Settings"),
    VM_RENAME("VirtualMachine.Config.Rename"),
    VM_GUEST_EXECUTE("VirtualMachine.GuestOperations.Execute"),
    VM_CONSOLE("VirtualMachine.Interact.ConsoleInteract"),
    VM_SCREENSHOT("VirtualMachine.Interact.CreateScreenshot"),
    VM_POWER_OFF("VirtualMachine.Interact.PowerOff"),
    VM_POWER_ON("VirtualMachine.Interact.PowerOn"),
    VM_RESET("VirtualMachine.Interact.Reset"),
    VM_SUSPEND("VirtualMachine.Interact.Suspend"),
    VM_CREATE("VirtualMachine.Inventory.Create"),
    VM_DELETE("VirtualMachine.Inventory.Delete"),
    VM_REGISTER("VirtualMachine.Inventory.Register"),
    VM_UNREGISTER("VirtualMachine.Inventory.Unregister");

    private final String fieldName;

    Privilege(String fieldName) {
        this.fieldName = fieldName;
    }

    /** The name an administrator knows, such as {@code VirtualMachine.Interact.PowerOn}. */
    public String fieldName() {
        return fieldName;
    }
}
