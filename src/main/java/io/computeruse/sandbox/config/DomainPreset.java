package io.computeruse.sandbox.config;

import java.util.List;
import java.util.Locale;

/** A named list of domains that the desktop may look up in addition to the stack's own list. */
public enum DomainPreset {
    /** Only the stack's own list. */
    NONE(List.of()),

    /** Reference sites and Python packages: no entry under which a stranger can store what the desktop sends. */
    TIGHT(List.of(
            "anthropic.com", "*.anthropic.com", "files.pythonhosted.org", "pypi.org", "iana.org", "www.iana.org")),

    /** The families of sites that everyday tasks need. Some of them let data out: {@link #OUTLETS} lists those. */
    STANDARD(List.of(
            // Amazon
            "a2z.com",
            "*.a2z.com",
            "amazon.com",
            "*.amazon.com",
            "*.amazon-adsystem.com",
            "*.media-amazon.com",
            "*.ssl-images-amazon.com",
            // AWS
            "aws.dev",
            "*.aws.dev",
            "*.amazonaws.com",
            "*.awsstatic.com",
            "*.cloudfront.net",
            // Anthropic
            "anthropic.com",
            "*.anthropic.com",
            "claude.ai",
            "*.claude.ai",
            // GitHub
            "github.com",
            "*.github.com",
            "*.githubassets.com",
            // Google
            "google.com",
            "*.google.com",
            "*.googleapis.com",
            "*.gstatic.com",
            // Python packages
            "pypi.org",
            "*.pypi.org",
            "pythonhosted.org",
            "*.pythonhosted.org",
            // Test domains
            "example.com",
            "*.example.com",
            "iana.org",
            "*.iana.org"));

    /** The configuration key that chooses one. */
    public static final String KEY = "domainPreset";

    /** Entries that let data out, because under them anybody can own a bucket, a distribution or a repository. */
    public static final List<DomainName> OUTLETS =
            names(List.of("*.amazonaws.com", "*.cloudfront.net", "*.googleapis.com", "*.github.com", "github.com"));

    private final List<DomainName> domains;

    DomainPreset(List<String> domains) {
        this.domains = names(domains);
    }

    private static List<DomainName> names(List<String> domains) {
        return domains.stream().map(DomainName::new).toList();
    }

    /** @throws InvalidSettingException if no preset has this name */
    public static DomainPreset parse(String text) {
        return Choice.parse(KEY, text, values(), DomainPreset::key);
    }

    /** The name in the configuration. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    public List<DomainName> domains() {
        return domains;
    }
}
