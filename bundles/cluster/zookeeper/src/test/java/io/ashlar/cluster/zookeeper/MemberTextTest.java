package io.ashlar.cluster.zookeeper;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.ProcessIdentity;
import io.ashlar.cluster.Member;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemberTextTest {
    private final Member member =
            new Member("n1", new ProcessIdentity("m", "b", 12, 34), "host.example", List.of("chunk", "metadata"));

    @Test
    void aMemberIsReadBack() {
        assertEquals(Optional.of(member), MemberText.decode(MemberText.encode(member)));
    }

    @Test
    void whatALaterVersionAddsIsPassedOver() {
        var text = new String(MemberText.encode(member), US_ASCII) + "rack=r7\n";
        assertEquals(Optional.of(member), MemberText.decode(text.getBytes(US_ASCII)));
    }

    @Test
    void garbageIsNoMember() {
        var random = new Random(3);
        for (int i = 0; i < 500; i++) {
            var bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            assertEquals(Optional.empty(), MemberText.decode(bytes));
        }
        assertEquals(Optional.empty(), MemberText.decode(null));
        assertEquals(Optional.empty(), MemberText.decode(new byte[MemberText.MAX_BYTES + 1]));
        var text = new String(MemberText.encode(member), US_ASCII);
        assertEquals(
                Optional.empty(),
                MemberText.decode(text.replace("pid=12", "pid=x").getBytes(US_ASCII)));
        assertEquals(
                Optional.empty(), MemberText.decode(text.replace("host=", "h=").getBytes(US_ASCII)));
    }

    @Test
    void onlyAProcessOfThisMachineThisBootAndThisSpaceIsProvenGone() {
        var self = ProcessIdentity.self();
        var gone = new ProcessIdentity(self.machineId(), self.bootId(), self.pid(), self.startTicks() - 1);
        assertTrue(MemberText.provenGone(text(gone)));
        assertFalse(MemberText.provenGone(text(self)));
        assertFalse(MemberText.provenGone(text(new ProcessIdentity("other", self.bootId(), 1, 1))));
        assertFalse(MemberText.provenGone(text(new ProcessIdentity(self.machineId(), "other", 1, 1))));
        var container = new String(text(gone), US_ASCII).replace("pidspace=pid:[", "pidspace=pid:[7");
        assertFalse(MemberText.provenGone(container.getBytes(US_ASCII)));
    }

    private static byte[] text(ProcessIdentity process) {
        return MemberText.encode(new Member("n1", process, "h", List.of()));
    }

    @Test
    void aLineBreakCannotBeSmuggledIn() {
        var bad = new Member("n1", member.process(), "host\npid=1", List.of());
        assertThrows(IllegalArgumentException.class, () -> MemberText.encode(bad));
    }

    @Test
    void rolesAreSeparatedByCommasOrGivenOneByOne() {
        assertEquals(
                List.of("chunk", "console", "metadata"), MemberText.roles("metadata, chunk", "console", "chunk", ""));
    }
}
