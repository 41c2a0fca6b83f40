-- Notices for people: which of them they want by mail, in which language they read, and what was told of a ticket before.

-- Codes with commas between them.
ALTER TABLE agents ADD COLUMN mail_notices TEXT NOT NULL DEFAULT 'assigned,breached,unseen,near,mentioned';
-- The locale they have the console in; NULL until they have opened it.
ALTER TABLE agents ADD COLUMN locale TEXT;

-- When somebody of the staff looked at it first.
ALTER TABLE tickets ADD COLUMN seen BIGINT;
-- When people were told that nobody had; and that a promised time is near.
ALTER TABLE tickets ADD COLUMN unseen_told BIGINT;
ALTER TABLE tickets ADD COLUMN near_told BIGINT;
UPDATE tickets SET seen = created;

-- The kinds grow; they are checked where they are written.
CREATE TABLE mail_outbox_grown (
    -- Also the left part of the Message-ID, so that a repeat is recognised.
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    ticket TEXT NOT NULL REFERENCES tickets (id),
    -- The first message it tells of, where it tells of messages.
    message TEXT REFERENCES messages (id),
    -- The member of staff it goes to; NULL when it goes to the visitor.
    agent TEXT REFERENCES agents (id),
    recipient_sealed TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dropped', 'failed')),
    attempts BIGINT NOT NULL,
    next_attempt BIGINT NOT NULL,
    last_error TEXT,
    created BIGINT NOT NULL,
    settled BIGINT,
    -- The digest of a visitor's address, for mail that waits until it is confirmed.
    held_for TEXT
);

INSERT INTO mail_outbox_grown
    (id, kind, ticket, message, agent, recipient_sealed, state, attempts, next_attempt, last_error, created, settled, held_for)
SELECT id, kind, ticket, message, agent, recipient_sealed, state, attempts, next_attempt, last_error, created, settled, held_for
FROM mail_outbox;

DROP TABLE mail_outbox;
ALTER TABLE mail_outbox_grown RENAME TO mail_outbox;

CREATE INDEX mail_outbox_due ON mail_outbox (next_attempt) WHERE state = 'waiting';
CREATE INDEX mail_outbox_by_ticket ON mail_outbox (ticket, id);
CREATE INDEX mail_outbox_by_state ON mail_outbox (state, created);
CREATE INDEX mail_outbox_held ON mail_outbox (held_for) WHERE held_for IS NOT NULL;
CREATE INDEX mail_outbox_by_agent ON mail_outbox (agent, created) WHERE agent IS NOT NULL;
