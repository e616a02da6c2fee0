package dev.sternpost.server.certificate;

import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/**
 * What an agent asks a certificate for: its key, proved to be its own, and the addresses it can be reached at. Names in
 * the request are ignored; who the agent is, the token or the old certificate says.
 */
record SigningRequest(PublicKey key, List<InetAddress> addresses) {
    static final int PEM_CHARS_MAX = 16_384;
    private static final int ADDRESSES_MAX = 8;
    private static final int RSA_BITS_MIN = 3072;
    private static final int EC_BITS_MIN = 256;

    SigningRequest {
        addresses = List.copyOf(addresses);
    }

    /**
     * Reads a PKCS #10 request.
     *
     * @throws FaultException REQUEST_INVALID
     */
    static SigningRequest parse(String pem) {
        if (pem.length() > PEM_CHARS_MAX || !(Pem.parse(pem) instanceof PKCS10CertificationRequest request)) {
            throw invalid("it is not a PKCS #10 request in PEM form", "");
        }
        try {
            PublicKey key = new JcaPKCS10CertificationRequest(request).getPublicKey();
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw invalid("its signature is wrong", "");
            }
            if (!isStrong(key)) {
                throw invalid("its key must be EC with at least 256 bits or RSA with at least 3072", "");
            }
            return new SigningRequest(key, addresses(request));
        } catch (GeneralSecurityException
                | OperatorCreationException
                | PKCSException
                | IllegalArgumentException
                | UnknownHostException e) {
            throw invalid("it cannot be read", e.toString());
        }
    }

    private static boolean isStrong(PublicKey key) {
        return switch (key) {
            case ECPublicKey ec -> ec.getParams().getCurve().getField().getFieldSize() >= EC_BITS_MIN;
            case RSAPublicKey rsa -> rsa.getModulus().bitLength() >= RSA_BITS_MIN;
            default -> false;
        };
    }

    private static List<InetAddress> addresses(PKCS10CertificationRequest request) throws UnknownHostException {
        Extensions extensions = request.getRequestedExtensions();
        GeneralNames names =
                extensions == null ? null : GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
        List<InetAddress> addresses = new ArrayList<>();
        if (names != null) {
            for (GeneralName name : names.getNames()) {
                if (name.getTagNo() == GeneralName.iPAddress) {
                    addresses.add(InetAddress.getByAddress(
                            ASN1OctetString.getInstance(name.getName()).getOctets()));
                }
            }
        }
        if (addresses.size() > ADDRESSES_MAX) {
            throw invalid("it names more than " + ADDRESSES_MAX + " addresses", "");
        }
        return addresses;
    }

    static FaultException invalid(String why, String context) {
        return new FaultException(new Fault(
                FaultCode.REQUEST_INVALID,
                "The certificate signing request is refused: %s. Let the agent make a new one.".formatted(why),
                context,
                null));
    }
}
