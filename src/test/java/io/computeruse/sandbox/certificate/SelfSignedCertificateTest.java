package io.computeruse.sandbox.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelfSignedCertificateTest {
    private static final String HOST = "front-door-0123456789abcdef.elb.us-west-2.amazonaws.com";
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    private static X509Certificate parsed(SelfSignedCertificate made) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(made.certificate().getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void itIsValidForTheHostFromNowForAboutAYear() throws Exception {
        var certificate = parsed(SelfSignedCertificate.forHost(HOST, NOW));
        certificate.verify(certificate.getPublicKey());
        certificate.checkValidity(Date.from(NOW));
        assertThat(certificate.getSubjectAlternativeNames()).containsExactly(List.of(2, HOST));
        assertThat(certificate.getNotAfter()).isAfter(Date.from(NOW.plusSeconds(365L * 86400)));
        assertThat(certificate.getNotBefore()).isEqualTo(Date.from(NOW.minusSeconds(3600)));
        assertThat(certificate.getVersion()).isEqualTo(3);
        assertThat(certificate.getSerialNumber()).isPositive();
        assertThat(certificate.getBasicConstraints()).isEqualTo(-1); // no authority
        assertThat(certificate.getKeyUsage())
                .containsExactly(true, false, false, false, false, false, false, false, false); // signs
        assertThat(certificate.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19");
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1"); // TLS server
    }

    @Test
    void thePrivateKeyBelongsToTheCertificate() throws Exception {
        var made = SelfSignedCertificate.forHost(HOST, NOW);
        var der = Base64.getMimeDecoder()
                .decode(made.privateKey()
                        .replace("-----BEGIN PRIVATE KEY-----", "")
                        .replace("-----END PRIVATE KEY-----", ""));
        var signer = Signature.getInstance("SHA256withECDSA");
        signer.initSign(KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der)));
        signer.update(new byte[] {1, 2, 3});
        var signature = signer.sign();
        signer.initVerify(parsed(made));
        signer.update(new byte[] {1, 2, 3});
        assertThat(signer.verify(signature)).isTrue();
    }

    @Test
    void noTwoCertificatesShareAKeyOrASerialNumber() throws Exception {
        var one = parsed(SelfSignedCertificate.forHost(HOST, NOW));
        var other = parsed(SelfSignedCertificate.forHost(HOST, NOW));
        assertThat(one.getPublicKey()).isNotEqualTo(other.getPublicKey());
        assertThat(one.getSerialNumber()).isNotEqualTo(other.getSerialNumber());
    }

    @Test
    void theFingerprintHasTheFormThatBrowsersShow() {
        assertThat(SelfSignedCertificate.sha256(
                        SelfSignedCertificate.forHost(HOST, NOW).certificate()))
                .matches("([0-9A-F]{2}:){31}[0-9A-F]{2}");
        assertThatThrownBy(() -> SelfSignedCertificate.sha256("nonsense")).isInstanceOf(IllegalArgumentException.class);
    }
}
