package dev.sternpost.agent.endpoint;

import dev.sternpost.proto.agent.v1.Heartbeat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory and CPU in use on the machine, from /proc. For one thread. */
final class HostLoad {

    private long lastBusyTicks;
    private long lastAllTicks;

    Heartbeat heartbeat() {
        return Heartbeat.newBuilder()
                .setMemoryFreeBytes(ProcFiles.memoryBytes("MemAvailable"))
                .setCpuUsedPermille(cpuUsedPermille())
                .build();
    }

    private int cpuUsedPermille() {
        long all = 0;
        long idle = 0;
        try (var lines = Files.lines(Path.of("/proc/stat"))) {
            String[] words = lines.findFirst().orElse("").trim().split("\\s+");
            for (int i = 1; i < Math.min(words.length, 9); i++) {
                long ticks = Long.parseLong(words[i]);
                all += ticks;
                idle += i == 4 || i == 5 ? ticks : 0;
            }
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
        long busy = all - idle;
        long passed = all - lastAllTicks;
        int permille = passed <= 0 ? 0 : (int) Math.clamp((busy - lastBusyTicks) * 1000 / passed, 0, 1000);
        lastBusyTicks = busy;
        lastAllTicks = all;
        return permille;
    }
}
