package dev.sternpost.server.powercontrol;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts what the database must not show (AES-256 in Galois/Counter mode, NIST SP 800-38D), with a key that only the server's home
 * has. A text is bound to the object it belongs to, so that a sealed text cannot be moved to another.
 */
public final class SecretBox {
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final String CIPHER = "AES/GCM/NoPadding";

    private final SecureRandom random = new SecureRandom();
    private final Path keyFile;

    /** @param keyFile made when the first secret is sealed; lost, every secret must be entered again */
    public SecretBox(Path keyFile) {
        this.keyFile = keyFile;
    }

    /** @param owner id of the object the text belongs to */
    public String seal(String owner, String text) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed =
                    cipher(Cipher.ENCRYPT_MODE, key(true), nonce, owner).doFinal(text.getBytes(StandardCharsets.UTF_8));
            byte[] all = Arrays.copyOf(nonce, nonce.length + sealed.length);
            System.arraycopy(sealed, 0, all, nonce.length, sealed.length);
            return Base64.getEncoder().encodeToString(all);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("a secret cannot be encrypted", e);
        }
    }

    /** @throws UnreadableException when it was sealed with another key or for another owner */
    public String open(String owner, String sealed) throws UnreadableException {
        try {
            byte[] all = Base64.getDecoder().decode(sealed);
            byte[] nonce = Arrays.copyOf(all, NONCE_BYTES);
            byte[] text = cipher(Cipher.DECRYPT_MODE, key(false), nonce, owner)
                    .doFinal(all, NONCE_BYTES, all.length - NONCE_BYTES);
            return new String(text, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new UnreadableException(e);
        }
    }

    /** The key is not the one the secret was sealed with. */
    public static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1;

        UnreadableException(Throwable cause) {
            super("the stored password cannot be decrypted with the server's key; enter it again", cause);
        }
    }

    private static Cipher cipher(int mode, byte[] key, byte[] nonce, String owner) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(owner.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private synchronized byte[] key(boolean make) throws IOException {
        if (!Files.exists(keyFile) && make) {
            write();
        }
        byte[] key = Base64.getDecoder()
                .decode(Files.readString(keyFile, StandardCharsets.US_ASCII).strip());
        if (key.length != KEY_BYTES) {
            throw new IOException("%s does not hold a key".formatted(keyFile));
        }
        return key;
    }

    /** Whole or not at all, and never readable by others. */
    private void write() {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        try {
            Path directory = keyFile.toAbsolutePath().getParent();
            Files.createDirectories(directory);
            Path fresh = Files.createTempFile(
                    directory,
                    "secrets",
                    ".new",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, Base64.getEncoder().encodeToString(key) + "\n", StandardCharsets.US_ASCII);
            Files.move(fresh, keyFile, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
