//! Every change of the schema.

/// Every change of the schema, in order; one that has landed is never edited.
pub(super) const MIGRATIONS: &[(i64, &str, &str)] = &[
    (
        1,
        "conversations and answers",
        include_str!("../migrations/0001_conversations_and_answers.sql"),
    ),
    (2, "staff", include_str!("../migrations/0002_staff.sql")),
    (3, "tickets", include_str!("../migrations/0003_tickets.sql")),
    (
        4,
        "suggestions",
        include_str!("../migrations/0004_suggestions.sql"),
    ),
    (
        10,
        "opinions of articles",
        include_str!("../migrations/0010_article_opinions.sql"),
    ),
    (
        11,
        "reasons of feedback",
        include_str!("../migrations/0011_feedback_reasons.sql"),
    ),
    (
        20,
        "attachments",
        include_str!("../migrations/0020_attachments.sql"),
    ),
    (
        21,
        "mail outbox",
        include_str!("../migrations/0021_mail_outbox.sql"),
    ),
    (22, "surges", include_str!("../migrations/0022_surges.sql")),
    (
        30,
        "satisfaction",
        include_str!("../migrations/0030_satisfaction.sql"),
    ),
    (
        31,
        "owners of conversations",
        include_str!("../migrations/0031_conversation_owners.sql"),
    ),
    (
        40,
        "revisions of the knowledge",
        include_str!("../migrations/0040_knowledge_revisions.sql"),
    ),
    (
        50,
        "webhooks",
        include_str!("../migrations/0050_webhooks.sql"),
    ),
    (
        60,
        "told tiers",
        include_str!("../migrations/0060_told_tiers.sql"),
    ),
    (
        61,
        "recovery codes",
        include_str!("../migrations/0061_recovery_codes.sql"),
    ),
    (
        70,
        "languages elsewhere",
        include_str!("../migrations/0070_languages_elsewhere.sql"),
    ),
    (
        74,
        "outlets",
        include_str!("../migrations/0074_outlets.sql"),
    ),
    (
        75,
        "channels",
        include_str!("../migrations/0075_channels.sql"),
    ),
    (
        76,
        "count of changes",
        include_str!("../migrations/0076_count_of_changes.sql"),
    ),
    (
        80,
        "small talk",
        include_str!("../migrations/0080_small_talk.sql"),
    ),
    (
        90,
        "desk people",
        include_str!("../migrations/0090_desk_people.sql"),
    ),
    (
        91,
        "getting in",
        include_str!("../migrations/0091_getting_in.sql"),
    ),
    (
        92,
        "channel lookups",
        include_str!("../migrations/0092_channel_lookups.sql"),
    ),
    (
        93,
        "contacts",
        include_str!("../migrations/0093_contacts.sql"),
    ),
    (
        110,
        "sealing",
        include_str!("../migrations/0110_sealing.sql"),
    ),
    (111, "record", include_str!("../migrations/0111_record.sql")),
    (
        120,
        "insights",
        include_str!("../migrations/0120_insights.sql"),
    ),
    (137, "inbox", include_str!("../migrations/0137_inbox.sql")),
    (
        138,
        "notices",
        include_str!("../migrations/0138_notices.sql"),
    ),
    (139, "rules", include_str!("../migrations/0139_rules.sql")),
    (
        140,
        "passkeys",
        include_str!("../migrations/0140_passkeys.sql"),
    ),
    (141, "checks", include_str!("../migrations/0141_checks.sql")),
    (145, "reads", include_str!("../migrations/0145_reads.sql")),
    (146, "push", include_str!("../migrations/0146_push.sql")),
    (
        150,
        "letters",
        include_str!("../migrations/0150_letters.sql"),
    ),
    (
        155,
        "messengers",
        include_str!("../migrations/0155_messengers.sql"),
    ),
    (
        156,
        "single sign-on",
        include_str!("../migrations/0156_single_sign_on.sql"),
    ),
    (
        160,
        "judgements",
        include_str!("../migrations/0160_judgements.sql"),
    ),
    (
        161,
        "staff letters",
        include_str!("../migrations/0161_staff_letters.sql"),
    ),
    (
        162,
        "daily parts",
        include_str!("../migrations/0162_daily_parts.sql"),
    ),
    (
        170,
        "fruitless searches",
        include_str!("../migrations/0170_fruitless_searches.sql"),
    ),
    (
        171,
        "access tokens",
        include_str!("../migrations/0171_access_tokens.sql"),
    ),
    (
        172,
        "sent names",
        include_str!("../migrations/0172_sent_names.sql"),
    ),
    (
        178,
        "parts of days",
        include_str!("../migrations/0178_parts_of_days.sql"),
    ),
    (
        179,
        "knowledge files",
        include_str!("../migrations/0179_knowledge_files.sql"),
    ),
    (
        180,
        "found by index",
        include_str!("../migrations/0180_found_by_index.sql"),
    ),
];
