package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.process.HostCommand;
import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/**
 * A guest of one boot sector. It says "!" on the serial console when it has booted, then echoes what it gets; 's' turns
 * the machine off by the chipset's power register, 'r' resets it by the keyboard controller. It sleeps between the
 * BIOS's 18 timer ticks a second, so it costs nothing and still dirties a page now and then.
 */
final class TinyGuest {

    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final int DISK_BYTES = 1 << 20;

    private static final String CODE = "31c0" // xor ax,ax
            + "8ed0" // mov ss,ax
            + "bc007c" // mov sp,0x7c00
            + "fb" // sti
            + "baf803" // mov dx,0x3f8
            + "b021" // mov al,'!'
            + "ee" // out dx,al
            + "f4" // wait: hlt
            + "bafd03" // poll: mov dx,0x3fd
            + "ec" // in al,dx
            + "a801" // test al,1
            + "74f7" // jz wait
            + "baf803" // mov dx,0x3f8
            + "ec" // in al,dx
            + "3c73" // cmp al,'s'
            + "7407" // je off
            + "3c72" // cmp al,'r'
            + "740c" // je reset
            + "ee" // out dx,al
            + "ebea" // jmp poll
            + "ba0406" // off: mov dx,0x604
            + "b80020" // mov ax,0x2000
            + "ef" // out dx,ax
            + "ebfe" // jmp $
            + "b0fe" // reset: mov al,0xfe
            + "e664" // out 0x64,al
            + "ebfe"; // jmp $

    private TinyGuest() {}

    static void makeDisk(Path qcow2) {
        makeDisk(qcow2, CODE);
    }

    /** A guest that does nothing, as fast as it can. */
    static void makeBusyDisk(Path qcow2) {
        makeDisk(qcow2, "ebfe"); // jmp $
    }

    private static void makeDisk(Path qcow2, String program) {
        byte[] disk = new byte[DISK_BYTES];
        byte[] code = HexFormat.of().parseHex(program);
        System.arraycopy(code, 0, disk, 0, code.length);
        disk[510] = 0x55;
        disk[511] = (byte) 0xaa;
        try {
            Path raw = qcow2.resolveSibling(qcow2.getFileName() + ".raw");
            Files.write(raw, disk);
            HostCommand.require(
                    BOUND,
                    List.of("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw.toString(), qcow2.toString()));
            Files.delete(raw);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void awaitBooted(RunningVm vm) {
        Await.until("the guest booted", BOUND, () -> console(vm.launch()).endsWith("!"));
    }

    static String console(VmLaunch launch) {
        try {
            return Files.readString(launch.consoleLog(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void type(RunningVm vm, char key) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(vm.socketDirectory().resolve("con")));
            channel.write(ByteBuffer.wrap(new byte[] {(byte) key}));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void requireEcho(RunningVm vm) {
        int before = console(vm.launch()).length();
        type(vm, 'x');
        Await.until("the guest echoes", BOUND, () -> console(vm.launch()).indexOf('x', before) >= 0);
    }
}
