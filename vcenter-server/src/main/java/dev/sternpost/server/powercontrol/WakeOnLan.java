package dev.sternpost.server.powercontrol;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Wakes a machine by a magic packet (AMD Magic Packet Technology, publication 20213: six bytes FF, then the card's address sixteen
 * times). Nobody answers a magic packet: whether it helped shows only when the machine is there.
 */
public final class WakeOnLan implements PowerControl {
    private static final Pattern MAC = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}");
    private static final int SYNCHRONIZATION_BYTES = 6;
    private static final int REPETITIONS = 16;

    /** Where magic packets go out. */
    @FunctionalInterface
    public interface Segment {
        /**
         * Sends a packet to everybody on the machine's segment.
         *
         * @return from how many places it went out
         */
        int broadcast(byte[] packet);
    }

    private final String macAddress;
    private final Segment segment;

    /** @param macAddress as {@link #isMacAddress} takes it */
    WakeOnLan(String macAddress, Segment segment) {
        this.macAddress = macAddress;
        this.segment = segment;
    }

    /** Whether a text is an address in lower case, like "52:54:00:12:34:56", of one card. */
    public static boolean isMacAddress(String text) {
        return MAC.matcher(text).matches()
                && (HexFormat.fromHexDigits(text, 0, 2) & 1) == 0
                && !text.equals("00:00:00:00:00:00");
    }

    /** What wakes the card with this address. */
    public static byte[] packet(String macAddress) {
        byte[] address = HexFormat.ofDelimiter(":").parseHex(macAddress);
        byte[] packet = new byte[SYNCHRONIZATION_BYTES + REPETITIONS * address.length];
        Arrays.fill(packet, 0, SYNCHRONIZATION_BYTES, (byte) 0xff);
        for (int i = 0; i < REPETITIONS; i++) {
            System.arraycopy(address, 0, packet, SYNCHRONIZATION_BYTES + i * address.length, address.length);
        }
        return packet;
    }

    @Override
    public PowerAnswer state() {
        return new PowerAnswer.Is(PowerAnswer.MachinePower.UNKNOWN);
    }

    @Override
    public PowerAnswer on() {
        return segment.broadcast(packet(macAddress)) > 0
                ? new PowerAnswer.Done()
                : new PowerAnswer.Unreachable("no packet could be sent: no host of its cluster is connected");
    }

    @Override
    public PowerAnswer off() {
        return new PowerAnswer.Failed("wake-on-LAN cannot cut power");
    }
}
