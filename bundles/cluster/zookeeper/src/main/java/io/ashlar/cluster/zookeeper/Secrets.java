package io.ashlar.cluster.zookeeper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.UUID;

/// What a cluster is known by and proves itself with: made once, all together, in a directory that only the owner can
/// enter.
///
/// @param directory where they lie: `cluster.uuid`, `cluster.secret` (hexadecimal), `admin.password`
record Secrets(Path directory, UUID clusterUuid, byte[] clusterSecret, String adminPassword) {
    static final String PASSWORD_FILE = "admin.password";
    private static final String UUID_FILE = "cluster.uuid";
    private static final String SECRET_FILE = "cluster.secret";
    private static final int SECRET_BYTES = 32;
    private static final int MIN_PASSWORD_CHARACTERS = 8;
    private static final int PASSWORD_GROUPS = 6;
    private static final int GROUP_CHARACTERS = 4;
    /// Nothing that is taken for something else when it is read out or typed; 24 of these are 115 bits.
    private static final String READABLE = "abcdefghjkmnpqrstuvwxyz23456789";

    /// @param data the node's data directory; the secrets are in `secrets` below it, and are made when that is not
    ///     there
    /// @throws IllegalStateException when what is there cannot be used; names the file and the remedy
    static Secrets of(Path data) throws IOException {
        var directory = data.resolve("secrets");
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            make(data, directory);
        }
        OwnerOnly.check(directory);
        return new Secrets(
                directory,
                uuid(directory.resolve(UUID_FILE)),
                secret(directory.resolve(SECRET_FILE)),
                password(directory.resolve(PASSWORD_FILE)));
    }

    /// All in a directory of another name first: after a crash there is the whole set or none.
    private static void make(Path data, Path directory) throws IOException {
        Files.createDirectories(data, OwnerOnly.DIRECTORY);
        var random = new SecureRandom();
        var secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        var next = Files.createTempDirectory(data, "secrets.new-", OwnerOnly.DIRECTORY);
        OwnerOnly.create(next.resolve(UUID_FILE), UUID.randomUUID() + "\n");
        OwnerOnly.create(next.resolve(SECRET_FILE), HexFormat.of().formatHex(secret) + "\n");
        OwnerOnly.create(next.resolve(PASSWORD_FILE), newPassword(random) + "\n");
        OwnerOnly.syncDirectory(next);
        Files.move(next, directory, StandardCopyOption.ATOMIC_MOVE);
        OwnerOnly.syncDirectory(data);
    }

    private static String newPassword(SecureRandom random) {
        var password = new StringBuilder();
        for (int i = 0; i < PASSWORD_GROUPS * GROUP_CHARACTERS; i++) {
            password.append(i > 0 && i % GROUP_CHARACTERS == 0 ? "-" : "");
            password.append(READABLE.charAt(random.nextInt(READABLE.length())));
        }
        return password.toString();
    }

    private static UUID uuid(Path file) throws IOException {
        var text = present(file);
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(file + " does not hold a uuid; restore it from a copy", e);
        }
    }

    private static byte[] secret(Path file) throws IOException {
        byte[] secret;
        try {
            secret = HexFormat.of().parseHex(present(file));
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(file + " is not hexadecimal; restore it from a copy", e);
        }
        if (secret.length < SECRET_BYTES) {
            throw new IllegalStateException(
                    file + " holds only " + secret.length + " bytes of " + SECRET_BYTES + "; restore it from a copy");
        }
        return secret;
    }

    private static String password(Path file) throws IOException {
        var text = present(file);
        if (text.length() < MIN_PASSWORD_CHARACTERS) {
            throw new IllegalStateException("the password in " + file + " has fewer than " + MIN_PASSWORD_CHARACTERS
                    + " characters; write a longer one into it");
        }
        return text;
    }

    private static String present(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IllegalStateException(
                    file + " is missing, though its directory is there; restore it from a copy");
        }
        return OwnerOnly.read(file);
    }

    /// Compares digests, so that neither content nor length of the password shows in the time that it takes.
    boolean isAdmin(String user, String password) {
        boolean sameUser = user != null && MessageDigest.isEqual(digest("admin"), digest(user));
        boolean samePassword = password != null && MessageDigest.isEqual(digest(adminPassword), digest(password));
        return sameUser & samePassword;
    }

    /// @return what this cluster tells ZooKeeper; from the secret, but the secret cannot be told from it
    static byte[] credential(byte[] clusterSecret) {
        var sha = sha256();
        sha.update("ashlar coordinator credential 1".getBytes(StandardCharsets.US_ASCII));
        return ("ashlar:" + HexFormat.of().formatHex(sha.digest(clusterSecret))).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] digest(String text) {
        return sha256().digest(text.getBytes(StandardCharsets.UTF_8));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /// Does not tell them.
    @Override
    public String toString() {
        return "secrets of cluster " + clusterUuid + " in " + directory;
    }
}
