package io.ashlar.access.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandshakeTest {
    private static final int OPT_STARTTLS = 5;
    private static final int ALL_FLAGS = Nbd.FLAG_HAS_FLAGS
            | Nbd.FLAG_SEND_FLUSH
            | Nbd.FLAG_SEND_FUA
            | Nbd.FLAG_SEND_TRIM
            | Nbd.FLAG_SEND_WRITE_ZEROES
            | Nbd.FLAG_CAN_MULTI_CONN
            | Nbd.FLAG_SEND_FAST_ZERO;

    private final Rig rig = new Rig();

    @AfterEach
    void nothingIsLeft() {
        rig.close();
    }

    private TestClient greeted() throws IOException {
        return rig.connect().flags(3);
    }

    private static int last(List<TestClient.OptionReply> replies) {
        return replies.getLast().type();
    }

    @Test
    void exportNameEntersTransmissionWithoutPaddingWhenNoZeroesWasAgreed() throws IOException {
        try (var client = greeted()) {
            client.sendOption(Nbd.OPT_EXPORT_NAME, Rig.DISK.getBytes(StandardCharsets.UTF_8));
            assertEquals(Rig.DISK_BYTES, client.in.readLong());
            assertEquals(ALL_FLAGS, client.in.readUnsignedShort());
            assertEquals(0, client.call(0, Nbd.CMD_FLUSH, 0, 0).error());
        }
    }

    @Test
    void exportNamePadsForClientsThatDidNotAgreeToNoZeroes() throws IOException {
        try (var client = rig.connect().flags(1)) {
            client.sendOption(Nbd.OPT_EXPORT_NAME, Rig.DISK.getBytes(StandardCharsets.UTF_8));
            client.in.readLong();
            client.in.readUnsignedShort();
            assertArrayEquals(new byte[124], client.in.readNBytes(124));
            assertEquals(0, client.call(0, Nbd.CMD_FLUSH, 0, 0).error());
        }
    }

    @Test
    void exportNameOfAnUnknownOrEmptyExportEndsTheConnection() throws IOException {
        for (var name : List.of("demo/nothing", "")) {
            try (var client = greeted()) {
                client.sendOption(Nbd.OPT_EXPORT_NAME, name.getBytes(StandardCharsets.UTF_8));
                client.assertClosed();
            }
        }
    }

    @Test
    void abortIsAcknowledgedAndEndsTheConnection() throws IOException {
        try (var client = greeted()) {
            assertEquals(Nbd.REP_ACK, last(client.option(Nbd.OPT_ABORT, new byte[3])));
            client.assertClosed();
        }
    }

    @Test
    void listNamesAllExportsInOrder() throws IOException {
        try (var client = greeted()) {
            var replies = client.option(Nbd.OPT_LIST, new byte[0]);
            var names = replies.stream()
                    .filter(reply -> reply.type() == Nbd.REP_SERVER)
                    .map(reply -> reply.text().substring(4))
                    .toList();
            assertEquals(List.of("demo/disk0", "demo/huge"), names);
            assertEquals(Nbd.REP_ACK, last(replies));
            assertEquals(Nbd.REP_ERR_INVALID, last(client.option(Nbd.OPT_LIST, new byte[1])));
        }
    }

    @Test
    void infoAnswersWhatWasAskedAndKeepsNegotiating() throws IOException {
        try (var client = greeted()) {
            var replies = client.option(
                    Nbd.OPT_INFO,
                    TestClient.goData(Rig.DISK, Nbd.INFO_BLOCK_SIZE, Nbd.INFO_NAME, Nbd.INFO_DESCRIPTION, 99));
            assertEquals(5, replies.size());
            assertEquals("demo/disk0", replies.get(1).text().substring(2));
            assertTrue(replies.get(2).text().contains("Ashlar"));
            var sizes = ByteBuffer.wrap(replies.get(3).data());
            assertEquals(Nbd.INFO_BLOCK_SIZE, sizes.getShort());
            assertEquals(List.of(1, 4096, 32 << 20), List.of(sizes.getInt(), sizes.getInt(), sizes.getInt()));
            client.go(Rig.DISK);
            assertEquals(Rig.DISK_BYTES, client.exportBytes);
        }
    }

    @Test
    void goToldNothingElseSendsOnlyTheExport() throws IOException {
        try (var client = greeted()) {
            assertEquals(
                    2, client.option(Nbd.OPT_GO, TestClient.goData(Rig.DISK)).size());
        }
    }

    @Test
    void dontFragmentIsAdvertisedWithStructuredRepliesOnly() throws IOException {
        try (var simple = rig.simpleDisk();
                var structured = rig.disk()) {
            assertEquals(ALL_FLAGS, simple.exportFlags);
            assertEquals(ALL_FLAGS | Nbd.FLAG_SEND_DF, structured.exportFlags);
        }
    }

    @Test
    void anUnknownExportIsRefusedWithTheRemedyAndNegotiationGoesOn() throws IOException {
        try (var client = greeted()) {
            var refused =
                    client.option(Nbd.OPT_GO, TestClient.goData("demo/nothing")).getLast();
            assertEquals(Nbd.REP_ERR_UNKNOWN, refused.type());
            assertEquals("volume demo/nothing does not exist: list the volumes with: volume list", refused.text());
            client.go(Rig.DISK);
        }
    }

    @Test
    void anEmptyNameIsRefusedWithAHintHowToName() throws IOException {
        try (var client = greeted()) {
            for (int option : List.of(Nbd.OPT_GO, Nbd.OPT_INFO)) {
                var refused = client.option(option, TestClient.goData("")).getLast();
                assertEquals(Nbd.REP_ERR_UNKNOWN, refused.type());
                assertTrue(refused.text().contains("POOL/VOLUME"), refused.text());
            }
        }
    }

    @Test
    void lengthsThatDoNotFitAreInvalidAndNegotiationGoesOn() throws IOException {
        var tooLongName = ByteBuffer.allocate(12).putInt(4000).array();
        var infosMissing = ByteBuffer.allocate(8)
                .putInt(0)
                .putShort((short) 2)
                .putShort((short) 3)
                .array();
        try (var client = greeted().structured()) {
            for (var data :
                    List.of(new byte[0], new byte[3], tooLongName, infosMissing, TestClient.goData("x".repeat(4097)))) {
                assertEquals(Nbd.REP_ERR_INVALID, last(client.option(Nbd.OPT_GO, data)));
            }
            for (var data : List.of(
                    new byte[0],
                    tooLongName,
                    ByteBuffer.allocate(8).putInt(4, -1).array())) {
                assertEquals(Nbd.REP_ERR_INVALID, last(client.option(Nbd.OPT_SET_META_CONTEXT, data)));
                assertEquals(Nbd.REP_ERR_INVALID, last(client.option(Nbd.OPT_LIST_META_CONTEXT, data)));
            }
            assertEquals(Nbd.REP_ERR_INVALID, last(client.option(Nbd.OPT_STRUCTURED_REPLY, new byte[1])));
            client.go(Rig.DISK);
        }
    }

    @Test
    void optionsThatAreNotServedAreUnsupported() throws IOException {
        try (var client = greeted()) {
            for (int option : List.of(OPT_STARTTLS, 4, 11, 0, -1, 4711)) {
                assertEquals(
                        Nbd.REP_ERR_UNSUP, last(client.option(option, new byte[option == OPT_STARTTLS ? 0 : 100])));
            }
        }
    }

    @Test
    void metaContextsAreListedByNameByWildcardAndAll() throws IOException {
        try (var client = greeted().structured()) {
            for (var queries :
                    List.of(new String[0], new String[] {"base:"}, new String[] {"x:y", "base:allocation"})) {
                var replies = client.option(Nbd.OPT_LIST_META_CONTEXT, TestClient.contextQuery(Rig.DISK, queries));
                assertEquals(2, replies.size());
                assertEquals(Nbd.BASE_ALLOCATION, replies.getFirst().text().substring(4));
            }
            assertEquals(
                    1,
                    client.option(Nbd.OPT_LIST_META_CONTEXT, TestClient.contextQuery(Rig.DISK, "qemu:dirty-bitmap:b"))
                            .size());
        }
    }

    @Test
    void metaContextsNeedStructuredReplies() throws IOException {
        try (var client = greeted()) {
            assertEquals(
                    Nbd.REP_ERR_INVALID,
                    last(client.option(
                            Nbd.OPT_SET_META_CONTEXT, TestClient.contextQuery(Rig.DISK, Nbd.BASE_ALLOCATION))));
        }
    }

    @Test
    void aSelectionForAnotherExportOrWithoutMatchDoesNotAllowBlockStatus() throws IOException {
        try (var other = greeted().structured().allocation("demo/huge").go(Rig.DISK);
                var none = greeted().structured()) {
            assertEquals(
                    Nbd.EINVAL, other.call(0, Nbd.CMD_BLOCK_STATUS, 0, 4096).error());
            assertEquals(
                    1,
                    none.allocation(Rig.DISK)
                            .option(Nbd.OPT_SET_META_CONTEXT, TestClient.contextQuery(Rig.DISK, "base:"))
                            .size());
            assertEquals(
                    Nbd.EINVAL,
                    none.go(Rig.DISK).call(0, Nbd.CMD_BLOCK_STATUS, 0, 4096).error());
        }
    }

    @Test
    void withoutADataPathTheClientIsToldThatTheClusterIsStarting() throws IOException {
        rig.access.unset(rig.memory);
        try (var client = greeted()) {
            var refused = client.option(Nbd.OPT_GO, TestClient.goData(Rig.DISK)).getLast();
            assertEquals(Nbd.REP_ERR_SHUTDOWN, refused.type());
            assertTrue(refused.text().contains("the cluster is starting"), refused.text());
            assertEquals(Nbd.REP_ERR_SHUTDOWN, last(client.option(Nbd.OPT_LIST, new byte[0])));
            rig.access.set(rig.memory);
            client.go(Rig.DISK);
        }
    }

    @Test
    void aSlowOpenHoldsUpNobodyElseAndIsGivenBackWhenItsClientHasGone() throws IOException {
        try (var working = rig.disk();
                var alsoWorking = rig.disk()) {
            var latch = new CountDownLatch(1);
            rig.memory.slowOpen.set(latch);
            for (int i = 0; i < 6; i++) {
                try (var leaving = greeted()) {
                    leaving.sendOption(i % 2 == 0 ? Nbd.OPT_GO : Nbd.OPT_INFO, TestClient.goData(Rig.DISK));
                    int opens = i + 1;
                    Rig.await("it is being opened", () -> rig.memory.waitingOpens.get() == opens);
                }
            }
            assertEquals(0, working.call(0, Nbd.CMD_FLUSH, 0, 0).error());
            assertEquals(0, alsoWorking.call(0, Nbd.CMD_FLUSH, 0, 0).error());
            latch.countDown();
        }
        rig.memory.slowOpen.set(null);
        rig.assertNothingHeld();
    }

    @Test
    void aStopDuringAnOpenGivesTheVolumeBack() throws IOException {
        rig.memory.slowOpen.set(new CountDownLatch(1));
        try (var client = greeted()) {
            client.sendOption(Nbd.OPT_GO, TestClient.goData(Rig.DISK));
            Rig.await("it is being opened", () -> rig.memory.waitingOpens.get() == 1);
            rig.server.close();
            client.assertClosed();
            Rig.await("the volume is given back", () -> rig.memory.openHandles.get() == 0);
        }
    }

    @Test
    void aVolumeInUseIsRefusedByPolicy() throws IOException {
        rig.memory.refusing.set(
                new Outcome.Refusal(Outcome.Kind.IN_USE, "volume demo/disk0 is being deleted", "choose another"));
        try (var client = greeted()) {
            assertEquals(Nbd.REP_ERR_POLICY, last(client.option(Nbd.OPT_GO, TestClient.goData(Rig.DISK))));
        }
    }

    @Test
    void optionsCutAnywhereByTheNetworkAreUnderstood() throws IOException {
        try (var client = greeted()) {
            var bytes = new java.io.ByteArrayOutputStream();
            var data = new java.io.DataOutputStream(bytes);
            for (var payload : List.of(new byte[0], TestClient.goData(Rig.DISK))) {
                data.writeLong(Nbd.OPTION_MAGIC);
                data.writeInt(payload.length == 0 ? Nbd.OPT_STRUCTURED_REPLY : Nbd.OPT_GO);
                data.writeInt(payload.length);
                data.write(payload);
            }
            for (byte b : bytes.toByteArray()) {
                client.out.write(b);
                client.out.flush();
            }
            assertEquals(Nbd.OPTION_REPLY_MAGIC, client.in.readLong());
        }
        rig.assertNothingHeld();
    }

    @Test
    void requestsSentRightBehindGoAreServed() throws IOException {
        try (var client = greeted().structured()) {
            client.out.writeLong(Nbd.OPTION_MAGIC);
            client.out.writeInt(Nbd.OPT_EXPORT_NAME);
            client.out.writeInt(Rig.DISK.length());
            client.out.writeBytes(Rig.DISK);
            client.request(0, Nbd.CMD_FLUSH, 5, 0, 0);
            assertEquals(Rig.DISK_BYTES, client.in.readLong());
            client.in.readUnsignedShort();
            assertEquals(5, client.reply(0).cookie());
        }
    }

    @Test
    void unknownClientFlagsEndTheConnection() throws IOException {
        try (var client = rig.connect().flags(7)) {
            client.assertClosed();
        }
        assertFalse(rig.server.connectionCount() > 1);
    }
}
