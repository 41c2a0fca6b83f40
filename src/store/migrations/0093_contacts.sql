-- Addresses that visitors left, by a keyed digest: each gets one mail until its reader says that it is theirs.
CREATE TABLE contacts (
    digest TEXT PRIMARY KEY,
    -- The mail that asks, and when it was made.
    asked_by TEXT NOT NULL,
    asked BIGINT NOT NULL,
    confirmed BIGINT
);

-- The digest of a visitor's address, for mail that waits until it is confirmed.
ALTER TABLE mail_outbox ADD COLUMN held_for TEXT;

CREATE INDEX mail_outbox_held ON mail_outbox (held_for) WHERE held_for IS NOT NULL;
