package io.ashlar.cluster.zookeeper;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
        assertEquals(Optional.empty(), MemberText.decode(text.replace("pid=12", "pid=x").getBytes(US_ASCII)));
        assertEquals(Optional.empty(), MemberText.decode(text.replace("host=", "h=").getBytes(US_ASCII)));
    }

    @Test
    void aLineBreakCannotBeSmuggledIn() {
        var bad = new Member("n1", member.process(), "host\npid=1", List.of());
        assertThrows(IllegalArgumentException.class, () -> MemberText.encode(bad));
    }

    @Test
    void rolesAreSeparatedByCommasOrGivenOneByOne() {
        assertEquals(List.of("chunk", "console", "metadata"), MemberText.roles("metadata, chunk", "console", "chunk", ""));
    }
}
