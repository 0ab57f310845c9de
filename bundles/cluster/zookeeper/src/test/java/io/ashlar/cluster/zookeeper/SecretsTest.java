package io.ashlar.cluster.zookeeper;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {
    @TempDir
    Path temp;

    @Test
    void aNewClusterGetsSecretsThatOnlyTheOwnerCanRead() throws IOException {
        var data = temp.resolve("data");
        var identity = identity(data);
        assertEquals("rwx------", rights(data));
        assertEquals("rwx------", rights(data.resolve("secrets")));
        for (var file : new String[] {"cluster.uuid", "cluster.secret", "admin.password"}) {
            assertEquals("rw-------", rights(data.resolve("secrets").resolve(file)), file);
        }
        assertEquals(data.resolve("secrets/admin.password"), identity.adminPasswordFile());
        assertEquals(32, identity.clusterSecret().length);
        identity.setRegistered();
        assertEquals("rw-------", rights(data.resolve("secrets").resolve(RecordFile.NAME)));
        try (var left = Files.list(data)) {
            assertEquals(1, left.count(), "something besides the secrets was left");
        }
    }

    @Test
    void theNextStartFindsTheSame() {
        var first = identity(temp);
        first.setHighestTerm(7);
        first.setRegistered();
        var second = identity(temp);
        assertEquals(first.clusterUuid(), second.clusterUuid());
        assertArrayEquals(first.clusterSecret(), second.clusterSecret());
        assertEquals(7, second.highestTerm());
        assertTrue(second.registered());
        second.setHighestTerm(3);
        assertEquals(7, identity(temp).highestTerm());
    }

    @Test
    void twoClustersHaveNothingInCommon() throws IOException {
        var one = identity(temp.resolve("1"));
        var other = identity(temp.resolve("2"));
        assertNotEquals(one.clusterUuid(), other.clusterUuid());
        assertNotEquals(
                HexFormat.of().formatHex(one.clusterSecret()), HexFormat.of().formatHex(other.clusterSecret()));
        assertNotEquals(Files.readString(one.adminPasswordFile()), Files.readString(other.adminPasswordFile()));
    }

    @Test
    void onlyTheAdministratorIsTheAdministrator() throws IOException {
        var identity = identity(temp);
        var password = Files.readString(identity.adminPasswordFile()).strip();
        assertTrue(password.length() >= 20, password);
        assertTrue(identity.isAdmin("admin", password));
        assertFalse(identity.isAdmin("admin", password + " "));
        assertFalse(identity.isAdmin("admin", password.substring(1)));
        assertFalse(identity.isAdmin("admin", ""));
        assertFalse(identity.isAdmin("root", password));
        assertFalse(identity.isAdmin(null, password));
        assertFalse(identity.isAdmin("admin", null));
    }

    @Test
    void secretsThatOthersCanReadAreRefusedWithTheRemedy() throws IOException {
        identity(temp);
        for (var name :
                new String[] {"secrets", "secrets/cluster.secret", "secrets/admin.password", "secrets/cluster.uuid"}) {
            var path = temp.resolve(name);
            var before = Files.getPosixFilePermissions(path);
            Files.setPosixFilePermissions(
                    path, PosixFilePermissions.fromString(name.equals("secrets") ? "rwxr-x---" : "rw----r--"));
            var refusal = assertThrows(IllegalStateException.class, () -> identity(temp), name);
            assertTrue(refusal.getMessage().contains("chmod go-rwx '" + path + "'"), refusal.getMessage());
            Files.setPosixFilePermissions(path, before);
        }
        identity(temp);
    }

    @Test
    void aMissingOrDamagedSecretIsNeverReplacedSilently() throws IOException {
        identity(temp);
        var file = temp.resolve("secrets/cluster.secret");
        var text = Files.readString(file);
        Files.writeString(file, "nonsense");
        assertThrows(IllegalStateException.class, () -> identity(temp));
        Files.writeString(file, text.substring(0, 10));
        assertThrows(IllegalStateException.class, () -> identity(temp));
        Files.delete(file);
        var refusal = assertThrows(IllegalStateException.class, () -> identity(temp));
        assertTrue(refusal.getMessage().contains(file.toString()), refusal.getMessage());
        assertFalse(Files.exists(file));
    }

    @Test
    void aSecretThatIsALinkIsRefused() throws IOException {
        identity(temp);
        var file = temp.resolve("secrets/admin.password");
        var elsewhere = temp.resolve("elsewhere");
        Files.move(file, elsewhere);
        Files.createSymbolicLink(file, elsewhere);
        assertThrows(IllegalStateException.class, () -> identity(temp));
    }

    @Test
    void theNameOfANodeFollowsTheRule() {
        for (var name : new String[] {"", "a/b", "-x", "n 1", "n".repeat(64)}) {
            assertThrows(
                    IllegalArgumentException.class, () -> new ClusterIdentityComponent(temp.toString(), name), name);
        }
    }

    @Test
    void theCredentialForTheCoordinatorDoesNotTellTheSecret() {
        var identity = identity(temp);
        var credential = new String(Secrets.credential(identity.clusterSecret()));
        assertFalse(credential.contains(HexFormat.of().formatHex(identity.clusterSecret())));
        assertEquals("ashlar:".length() + 64, credential.length());
    }

    private static ClusterIdentityComponent identity(Path data) {
        return new ClusterIdentityComponent(data.toString(), "n1");
    }

    private static String rights(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
