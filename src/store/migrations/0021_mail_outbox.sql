-- Mail that is to be sent, was sent, or could not be. The text is made when it is sent.
CREATE TABLE mail_outbox (
    -- Also the left part of the Message-ID, so that a repeat is recognised.
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('opened', 'replied', 'solved', 'assigned', 'breached')),
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
    settled BIGINT
);

CREATE INDEX mail_outbox_due ON mail_outbox (next_attempt) WHERE state = 'waiting';
CREATE INDEX mail_outbox_by_ticket ON mail_outbox (ticket, id);
CREATE INDEX mail_outbox_by_state ON mail_outbox (state, created);

-- 1 while a server that sends mail runs on this database; nothing is put into the outbox otherwise.
INSERT INTO counters (name, value) VALUES ('mail', 0);
