package io.computeruse.sandbox.certificate;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A certificate for the load balancer's own host name. The sandbox's user owns no domain, so no public authority can issue one:
 * a person compares the SHA-256 in the browser with the stack's output instead.
 *
 * <p>Every run generates one, even if the stored one is kept. Bouncy Castle takes 0.4 s for that, most of it to verify the
 * signatures of its own jars. The JDK's keys and signature, and the few types of {@link Der}, take 0.1 s.
 *
 * @param certificate PEM
 * @param privateKey PKCS #8 PEM
 */
public record SelfSignedCertificate(String certificate, String privateKey) {
    /** One day less than the longest validity that Apple's and Google's browsers accept for a TLS server. */
    private static final int VALID_DAYS = 397;

    /** A common name has at most 64 characters (RFC 5280, ub-common-name), so the host name is an alternative name only. */
    private static final byte[] SUBJECT =
            Der.sequence(Der.set(Der.sequence(Der.identifier("2.5.4.3"), Der.utf8("Computer Use Sandbox"))));

    /** ecdsa-with-SHA256 (RFC 5758, 3.2): the identifier of {@link #SIGNATURE}. */
    private static final byte[] SIGNATURE_ALGORITHM = Der.sequence(Der.identifier("1.2.840.10045.4.3.2"));

    private static final String SIGNATURE = "SHA256withECDSA";

    /** Generates a P-256 key and a certificate for a host name. It is valid from an hour ago, since clocks differ. */
    public static SelfSignedCertificate forHost(String host, Instant now) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            var keys = generator.generateKeyPair();
            return new SelfSignedCertificate(
                    pem("CERTIFICATE", sign(contents(host, keys, now), keys)),
                    pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot generate a certificate for " + host, e);
        }
    }

    private static byte[] sign(byte[] contents, KeyPair keys) throws GeneralSecurityException {
        var signature = Signature.getInstance(SIGNATURE);
        signature.initSign(keys.getPrivate());
        signature.update(contents);
        return Der.sequence(contents, SIGNATURE_ALGORITHM, Der.bits(0, signature.sign()));
    }

    /** TBSCertificate of RFC 5280, 4.1. */
    private static byte[] contents(String host, KeyPair keys, Instant now) {
        var version3 = Der.explicit(0, Der.integer(BigInteger.TWO));
        var serial = new BigInteger(159, new SecureRandom())
                .setBit(158); // at most 20 octets and positive: RFC 5280, 4.1.2.2
        var validity =
                Der.sequence(Der.time(now.minus(1, ChronoUnit.HOURS)), Der.time(now.plus(VALID_DAYS, ChronoUnit.DAYS)));
        return Der.sequence(
                version3,
                Der.integer(serial),
                SIGNATURE_ALGORITHM,
                SUBJECT, // as issuer
                validity,
                SUBJECT,
                keys.getPublic().getEncoded(),
                Der.explicit(3, extensions(host)));
    }

    /** Valid for this host, as a TLS server, for digital signatures, and not as an authority (RFC 5280, 4.2.1). */
    private static byte[] extensions(String host) {
        var dnsName = Der.implicit(2, host.getBytes(StandardCharsets.US_ASCII));
        var digitalSignature = Der.bits(7, new byte[] {(byte) 0x80});
        var serverAuthentication = Der.identifier("1.3.6.1.5.5.7.3.1");
        return Der.sequence(
                extension("2.5.29.17", Der.sequence(dnsName)),
                critical("2.5.29.19", Der.sequence()),
                critical("2.5.29.15", digitalSignature),
                extension("2.5.29.37", Der.sequence(serverAuthentication)));
    }

    private static byte[] extension(String identifier, byte[] value) {
        return Der.sequence(Der.identifier(identifier), Der.octets(value));
    }

    private static byte[] critical(String identifier, byte[] value) {
        return Der.sequence(Der.identifier(identifier), Der.isTrue(), Der.octets(value));
    }

    private static String pem(String label, byte[] der) {
        var lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n";
    }

    /** SHA-256 of a certificate in the browsers' form: {@code AB:CD:…}, 32 octets. */
    public static String sha256(String certificatePem) {
        try {
            var certificate = CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(certificatePem.getBytes(StandardCharsets.US_ASCII)));
            var digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not a certificate in PEM form", e);
        }
    }
}
