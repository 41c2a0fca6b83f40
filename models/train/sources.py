"""What is known about each corpus source: which family it belongs to and how much it counts.

A source tag is the first column of a corpus file, such as `ms-partner-center-mt` or `okta-signin#q`.
Nothing here reads a file.
"""

from enum import IntEnum


class Family(IntEnum):
    """How close a source is to what a visitor asks; a lower value is closer."""

    SUPPORT = 0
    EVERYDAY = 1
    PRODUCT = 2
    READING = 3
    BUSINESS = 4
    PROGRAMMING = 5


# Sources that share a site with one of the public evaluation sets. No sentence is shared, but topic and
# wording are close, so that figures on those sets would flatter a model that had seen them.
EXCLUDED = ("adobe-commerce-kb", "bitcoin.org", "python-docs", "scratch-l10n")

FAMILIES = {
    Family.SUPPORT: (
        "ms-alchemy-insights", "ms-partner-center", "login.gov", "devise-i18n", "okta-signin", "spree-i18n",
        "django-oscar", "django-allauth", "cake-wallet", "breadwallet", "bluewallet", "bitshares-ui",
        "ethereum.org", "helpy", "keycloak-messages", "vote.gov", "saleor", "chatwoot", "adobe-support-resources",
    ),
    Family.EVERYDAY: ("tatoeba", "tanaka", "jungyeul", "ami-meeting"),
    # Questions on encyclopedia articles.
    Family.READING: ("jaquad", "cmrc2018", "drcd"),
    Family.BUSINESS: ("ms-dynamics-365-operations", "ms-project-operations"),
    Family.PROGRAMMING: (
        "django-docs", "react-", "vue-", "electron", "comprehensive-rust", "openstack", "dify", "atuin", "cncf",
        "crates.io", "htmx", "nlpjs", "ripgrep", "rust-analyzer", "svix", "uv-docs", "gogs",
    ),
}

# The expected number of times a row is drawn in one pass over the corpora.
WEIGHTS = {
    Family.SUPPORT: 2.0,
    Family.EVERYDAY: 3.0,
    Family.PRODUCT: 1.0,
    Family.READING: 1.0,
    Family.BUSINESS: 0.6,
    Family.PROGRAMMING: 0.33,
}
MACHINE_TRANSLATED = 0.8
# Traditional Chinese is a twentieth of the Chinese rows, and nothing converts a question before it is encoded.
TRADITIONAL = 2.0


def plain_tag(tag: str) -> str:
    """The tag without the mark of question headings."""
    return tag.removesuffix("#q")


def is_excluded(tag: str) -> bool:
    """Whether rows of this source stay out of training."""
    return tag.startswith(EXCLUDED)


def family_of(tag: str) -> Family:
    """The family of a source; one that no list names is a product's manual or interface."""
    for family, prefixes in FAMILIES.items():
        if tag.startswith(prefixes):
            return family
    return Family.PRODUCT


def weight_of(tag: str) -> float:
    """How often a row of this source is drawn in one pass, before the weight of its language."""
    tag = plain_tag(tag)
    weight = WEIGHTS[family_of(tag)]
    if tag.endswith("-mt"):
        weight *= MACHINE_TRANSLATED
    if tag.endswith("-hant"):
        weight *= TRADITIONAL
    return weight
