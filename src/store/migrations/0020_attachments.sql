-- Files that visitors and agents attach; their content lies outside the database.
CREATE TABLE attachments (
    id TEXT PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversations (id),
    author TEXT NOT NULL CHECK (author IN ('visitor', 'agent')),
    agent TEXT REFERENCES agents (id),
    -- The message that carries it; NULL until one does.
    message TEXT REFERENCES messages (id),
    -- 'arriving' until its content is on disk, 'removing' once nothing may use it any more.
    state TEXT NOT NULL CHECK (state IN ('arriving', 'ready', 'removing')),
    kind TEXT NOT NULL CHECK (kind IN ('png', 'jpeg', 'webp', 'gif', 'pdf', 'text')),
    name_sealed TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    width BIGINT,
    height BIGINT,
    created BIGINT NOT NULL
);

CREATE INDEX attachments_by_conversation ON attachments (conversation, message);
CREATE INDEX attachments_unused ON attachments (created) WHERE message IS NULL;

-- How many files the message carries, so that those without need no second look.
ALTER TABLE messages ADD COLUMN attachments BIGINT NOT NULL DEFAULT 0;
