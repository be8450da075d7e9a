package io.computeruse.sandbox.identity;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate for the load balancer's own name. Its user owns no domain, so no public authority can vouch for it: a person
 * compares the SHA-256 in the browser with the stack's output instead.
 *
 * @param certificate PEM
 * @param privateKey PKCS #8 PEM
 */
public record SelfSignedCertificate(String certificate, String privateKey) {
    /** The longest validity that Apple's and Google's browsers take for a TLS server, with a day to spare. */
    private static final int VALID_DAYS = 397;

    /** A common name has room for 64 characters (RFC 5280, ub-common-name); the full name is in the alternative names. */
    private static final X500Name SUBJECT = new X500Name("CN=Computer Use Sandbox");

    /** Makes a P-256 key and a certificate for a host name, valid from an hour ago (clocks differ). */
    public static SelfSignedCertificate forHost(String host, Instant now) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            var keys = generator.generateKeyPair();
            var der = sign(host, keys, now);
            return new SelfSignedCertificate(
                    pem("CERTIFICATE", der),
                    pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException("cannot make a certificate for " + host, e);
        }
    }

    private static byte[] sign(String host, KeyPair keys, Instant now)
            throws CertIOException, OperatorCreationException, IOException {
        var serial = new BigInteger(159, new SecureRandom())
                .setBit(158); // at most 20 octets and positive: RFC 5280, 4.1.2.2
        return new JcaX509v3CertificateBuilder(
                        SUBJECT,
                        serial,
                        Date.from(now.minus(1, ChronoUnit.HOURS)),
                        Date.from(now.plus(VALID_DAYS, ChronoUnit.DAYS)),
                        SUBJECT,
                        keys.getPublic())
                .addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.dNSName, host)))
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                .getEncoded();
    }

    private static String pem(String label, byte[] der) {
        var text = new StringWriter();
        text.write("-----BEGIN " + label + "-----\n");
        text.write(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der));
        text.write("\n-----END " + label + "-----\n");
        return text.toString();
    }

    /** SHA-256 of a certificate in the browsers' form: {@code AB:CD:…}, 32 octets. */
    public static String sha256(String certificatePem) {
        try {
            Certificate certificate = CertificateFactory.getInstance("X.509")
                    .generateCertificate(
                            new java.io.ByteArrayInputStream(certificatePem.getBytes(StandardCharsets.US_ASCII)));
            var digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not a certificate in PEM form", e);
        }
    }
}
