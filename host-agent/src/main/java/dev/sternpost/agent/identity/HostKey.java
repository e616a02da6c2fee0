package dev.sternpost.agent.identity;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * A fresh key of this host and the request to certify it. The key never leaves the host. EC P-384: for P-256 a JVM first
 * computes tables, for longer than all the rest of a handshake takes.
 */
public final class HostKey {

    private final KeyPair pair;

    private HostKey(KeyPair pair) {
        this.pair = pair;
    }

    public static HostKey generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp384r1"));
            return new HostKey(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime knows P-384", e);
        }
    }

    /**
     * PKCS #10 request, PEM. It asks for no name: the server alone decides which host a certificate names.
     */
    public String signingRequestPem() {
        try {
            var builder = new JcaPKCS10CertificationRequestBuilder(new X500Principal("CN=host"), pair.getPublic());
            var signer = new JcaContentSignerBuilder("SHA384withECDSA").build(pair.getPrivate());
            return Pem.encode(Pem.CERTIFICATE_REQUEST, builder.build(signer).getEncoded());
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException("a request for a key just made cannot fail", e);
        }
    }

    PrivateKey privateKey() {
        return pair.getPrivate();
    }
}
