package io.ashlar.access.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.access.IoFailure;
import io.ashlar.base.Units;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The programs that people use, against the real server over volumes in memory. A program that is not installed skips
/// its test and names the Debian package to install.
class RealClientsTest {
    private static final Map<String, String> PACKAGES = Map.of(
            "nbdinfo",
            "libnbd-bin",
            "nbdcopy",
            "libnbd-bin",
            "qemu-img",
            "qemu-utils",
            "qemu-io",
            "qemu-utils",
            "fio",
            "fio");
    private static final int MIB = 1 << 20;

    private final Rig rig = new Rig();

    @TempDir
    Path directory;

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingHeld();
        rig.close();
    }

    private record Result(int status, String output) {}

    private Result run(String... command) throws IOException, InterruptedException {
        needs(command[0]);
        var output = directory.resolve("output");
        var process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        var text = Files.readString(output);
        assertTrue(ended, () -> String.join(" ", command) + " does not end; it printed:\n" + text);
        return new Result(process.exitValue(), text);
    }

    private String succeeds(String... command) throws IOException, InterruptedException {
        var result = run(command);
        assertEquals(0, result.status(), () -> String.join(" ", command) + " printed:\n" + result.output());
        return result.output();
    }

    private static void needs(String program) {
        boolean installed = List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
        Assumptions.assumeTrue(installed, () -> program + " is missing: apt-get install " + PACKAGES.get(program));
    }

    /// Sparse, as real images are: some data, holes between.
    private Path image(String name, long bytes) throws IOException {
        var path = directory.resolve(name);
        var random = new Random(bytes);
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(bytes);
            var data = new byte[MIB + 4096];
            for (long at = 0; at + data.length < bytes; at += 5 * MIB + 12_288) {
                random.nextBytes(data);
                file.seek(at);
                file.write(data);
            }
        }
        return path;
    }

    @Test
    void nbdinfoShowsTheExportAndItsMap() throws Exception {
        try (var client = rig.disk()) {
            client.write(0, Units.BLOCK_BYTES, new byte[] {1});
        }
        var info = succeeds("nbdinfo", rig.uri(Rig.DISK));
        for (var expected : List.of(
                "newstyle-fixed without TLS, using structured packets",
                "export=\"demo/disk0\"",
                "export-size: 67108864",
                "base:allocation",
                "can_multi_conn: true",
                "can_df: true",
                "can_fast_zero: true",
                "can_fua: true",
                "is_read_only: false",
                "block_size_minimum: 1",
                "block_size_preferred: 4096",
                "block_size_maximum: 33554432")) {
            assertTrue(info.contains(expected), () -> expected + " is missing in:\n" + info);
        }
        var map = succeeds("nbdinfo", "--map", rig.uri(Rig.DISK))
                .lines()
                .map(line -> line.strip().split("\\s+"))
                .toList();
        assertEquals(List.of("0", "262144", "3"), List.of(map.get(0)).subList(0, 3));
        assertEquals(List.of("262144", "262144", "0"), List.of(map.get(1)).subList(0, 3));
        assertEquals("524288", map.get(2)[0]);
        assertEquals("3", map.get(2)[2]);
    }

    @Test
    void nbdinfoListsTheExports() throws Exception {
        var list = succeeds("nbdinfo", "--list", "nbd://127.0.0.1:" + rig.address.getPort());
        assertTrue(list.contains("export=\"demo/disk0\"") && list.contains("export=\"demo/huge\""), list);
    }

    @Test
    void clientsAreToldWhatIsWrongWithAName() throws Exception {
        assertTrue(run("nbdinfo", rig.uri("demo/nothing")).output().contains("No such file or directory for export"));
        for (var name : List.of("demo/nothing", "")) {
            var result = run("qemu-img", "info", rig.uri(name));
            assertNotEquals(0, result.status());
            assertTrue(
                    result.output().contains(name.isEmpty() ? "POOL/VOLUME" : "list the volumes with"),
                    result.output());
        }
    }

    @Test
    void clientsAreToldThatTheClusterIsStarting() throws Exception {
        rig.access.unset(rig.memory);
        assertTrue(run("nbdinfo", rig.uri(Rig.DISK))
                .output()
                .contains("endpoint shutdown for export")); // ESHUTDOWN, in libnbd's words
        var result = run("qemu-img", "info", rig.uri(Rig.DISK));
        assertNotEquals(0, result.status());
        assertTrue(result.output().contains("the cluster is starting"), result.output());
    }

    @Test
    void nbdcopyBringsAnImageInAndOutUnchanged() throws Exception {
        var image = image("in", Rig.DISK_BYTES);
        succeeds("nbdcopy", "--flush", image.toString(), rig.uri(Rig.DISK));
        var out = directory.resolve("out");
        succeeds("nbdcopy", rig.uri(Rig.DISK), out.toString());
        assertEquals(-1, Files.mismatch(image, out));
    }

    @Test
    void qemuConvertsComparesAndReadsTheMap() throws Exception {
        var image = image("raw", Rig.DISK_BYTES);
        succeeds("qemu-img", "convert", "-f", "raw", "-O", "qcow2", image.toString(), "image.qcow2");
        succeeds("qemu-img", "convert", "-n", "-f", "qcow2", "-O", "raw", "image.qcow2", rig.uri(Rig.DISK));
        succeeds("qemu-img", "compare", "-f", "qcow2", "-F", "raw", "image.qcow2", rig.uri(Rig.DISK));
        var map = succeeds("qemu-img", "map", "--output=json", "-f", "raw", rig.uri(Rig.DISK));
        assertTrue(map.contains("\"zero\": true") && map.contains("\"data\": true"), map);
        succeeds("qemu-img", "convert", "-f", "raw", "-O", "raw", rig.uri(Rig.DISK), "back");
        assertEquals(-1, Files.mismatch(image, directory.resolve("back")));
    }

    @Test
    void qemuIoWritesUnalignedZeroesAndDiscards() throws Exception {
        var output = succeeds(
                "qemu-io",
                "-f",
                "raw",
                "-c",
                "write -P 0x5a 1M 3M",
                "-c",
                "write -z 1500k 100k",
                "-c",
                "write -z -u 2M 512k",
                "-c",
                "discard 3M 256k",
                "-c",
                "flush",
                "-c",
                "read -P 0x5a 1M 476k",
                "-c",
                "read -P 0 1500k 100k",
                "-c",
                "read -P 0x5a 1600k 448k",
                "-c",
                "read -P 0 2M 512k",
                rig.uri(Rig.DISK));
        assertTrue(!output.contains("failed") && !output.contains("rror"), output);
    }

    @Test
    void fioVerifiesWhatItWroteAtDepth() throws Exception {
        assertTrue(succeeds(fio()).contains("err= 0"));
    }

    @Test
    void fioSeesNoErrorWhileTheDataPathIsReplacedAgainAndAgain() throws Exception {
        needs("fio");
        var load = CompletableFuture.supplyAsync(() -> {
            try {
                return succeeds(fio());
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        var previous = rig.memory;
        var retired = new ArrayList<MemoryAccess>();
        while (!load.isDone()) {
            var next = previous.successor();
            if (retired.size() % 2 == 0) {
                rig.access.set(next); // installed beside
                rig.access.unset(previous);
            } else {
                rig.access.unset(previous); // updated in place: for a moment there is none
                rig.access.set(next);
            }
            previous.failing.set(new IoFailure(IoFailure.Kind.SHUTTING_DOWN, "the bundle is being replaced"));
            retired.add(previous);
            previous = next;
            LockSupport.parkNanos(20_000_000);
        }
        assertTrue(load.join().contains("err= 0"));
        retired.add(previous);
        Rig.await(
                "all volumes are given back", () -> retired.stream().allMatch(access -> access.openHandles.get() == 0));
        retired.stream().skip(1).forEach(MemoryAccess::close);
        assertTrue(retired.size() > 3, "replaced " + retired.size() + " times");
        assertEquals(
                0,
                retired.stream()
                        .mapToInt(access -> access.unreleasedReads.get())
                        .sum());
    }

    private String[] fio() {
        return new String[] {
            "fio",
            "--name=verify",
            "--ioengine=nbd",
            "--uri=" + rig.uri(Rig.DISK),
            "--rw=randrw",
            "--bsrange=512-128k",
            "--blockalign=512",
            "--iodepth=32",
            "--size=32m",
            "--io_size=48m",
            "--verify=crc32c",
            "--verify_fatal=1",
            "--randseed=4711",
            "--runtime=3"
        };
    }
}
