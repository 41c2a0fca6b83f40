-- Tickets grow up: levels, tiers, assignment, clocks, merging, fields, notes, tags, watchers, attachments, search.

CREATE TABLE tickets_grown (
    id TEXT PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    conversation TEXT NOT NULL REFERENCES conversations (id),
    episode BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'pending', 'awaiting_identity', 'solved', 'closed')),
    language TEXT NOT NULL,
    -- JSON: category, severity, fields to collect.
    subject TEXT,
    priority TEXT NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    -- What the rule gave; differs from the priority after an override.
    rule_priority TEXT NOT NULL CHECK (rule_priority IN ('low', 'normal', 'high', 'urgent')),
    reason TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('l1', 'l2', 'l3')),
    tier TEXT NOT NULL CHECK (tier IN ('unverified', 'verified', 'premium')),
    -- 'standard', or 'surge' while an incident brings many at once.
    queue TEXT NOT NULL,
    assignee TEXT REFERENCES agents (id),
    note_sealed TEXT,
    contact_sealed TEXT,
    summary_sealed TEXT NOT NULL,
    -- JSON: what the visitor filled in, by name of the field.
    fields_sealed TEXT NOT NULL,
    -- Moments by which the clocks run out; NULL while they stand still or are done.
    first_response_due BIGINT,
    first_responded BIGINT,
    first_response_breached BIGINT,
    resolution_due BIGINT,
    -- Working milliseconds left on the resolution clock while it stands still.
    resolution_left BIGINT,
    resolution_breached BIGINT,
    solved BIGINT,
    merged_into TEXT,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL
);

INSERT INTO tickets_grown
    (id, number, conversation, episode, status, language, subject, priority, rule_priority, reason, level, tier, queue,
     note_sealed, contact_sealed, summary_sealed, fields_sealed, created, updated)
SELECT id, number, conversation, episode, status, language, subject, priority, priority, reason, 'l1', 'unverified',
       'standard', note_sealed, contact_sealed, summary_sealed, '{}', created, created
FROM tickets;

DROP TABLE tickets;
ALTER TABLE tickets_grown RENAME TO tickets;

CREATE INDEX tickets_by_conversation ON tickets (conversation, number);
CREATE INDEX tickets_by_status ON tickets (status, updated);
CREATE INDEX tickets_by_assignee ON tickets (assignee, status);
CREATE INDEX tickets_by_first_response ON tickets (first_response_due);
CREATE INDEX tickets_by_resolution ON tickets (resolution_due);

-- However requests race or are repeated, an episode has one open ticket at most.
CREATE UNIQUE INDEX one_open_ticket ON tickets (conversation, episode)
    WHERE status IN ('open', 'pending', 'awaiting_identity');

CREATE TABLE ticket_notes (
    id TEXT PRIMARY KEY,
    ticket TEXT NOT NULL REFERENCES tickets (id),
    agent TEXT NOT NULL REFERENCES agents (id),
    agent_name TEXT NOT NULL,
    text_sealed TEXT NOT NULL,
    created BIGINT NOT NULL
);

CREATE INDEX ticket_notes_by_ticket ON ticket_notes (ticket, id);

CREATE TABLE ticket_tags (
    ticket TEXT NOT NULL REFERENCES tickets (id),
    tag TEXT NOT NULL,
    PRIMARY KEY (ticket, tag)
);

CREATE INDEX ticket_tags_by_tag ON ticket_tags (tag);

CREATE TABLE ticket_watchers (
    ticket TEXT NOT NULL REFERENCES tickets (id),
    agent TEXT NOT NULL REFERENCES agents (id),
    PRIMARY KEY (ticket, agent)
);

-- Terms of everything searchable, written in the transaction that changes it, so that a search never lags.
CREATE TABLE search_terms (
    kind TEXT NOT NULL CHECK (kind IN ('ticket', 'sent_reply')),
    term TEXT NOT NULL,
    subject TEXT NOT NULL,
    PRIMARY KEY (kind, term, subject)
);

CREATE INDEX search_terms_by_subject ON search_terms (kind, subject);
