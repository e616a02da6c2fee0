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

/** A fresh EC P-256 key of this host and the request to certify it. The key never leaves the host. */
public final class HostKey {

    private final KeyPair pair;

    private HostKey(KeyPair pair) {
        this.pair = pair;
    }

    public static HostKey generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return new HostKey(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime knows P-256", e);
        }
    }

    /**
     * PKCS #10 request, PEM. It asks for no name: the server alone decides which host a certificate names.
     */
    public String signingRequestPem() {
        try {
            var builder = new JcaPKCS10CertificationRequestBuilder(new X500Principal("CN=host"), pair.getPublic());
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate());
            return Pem.encode(Pem.CERTIFICATE_REQUEST, builder.build(signer).getEncoded());
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException("a request for a key just made cannot fail", e);
        }
    }

    PrivateKey privateKey() {
        return pair.getPrivate();
    }
}
