-- Mail that came in: each is taken once, and what answers it names it.

CREATE TABLE letters (
    -- Keyed digest of the outlet and of the name that its writer's program gave it.
    digest TEXT PRIMARY KEY,
    outlet TEXT NOT NULL REFERENCES outlets (id),
    -- Where its words went, or whose mail came back; NULL for what went nowhere.
    conversation TEXT REFERENCES conversations (id),
    -- Keyed digest of the address it came from, so that what one address sends can be counted.
    sender TEXT NOT NULL,
    -- Code of what became of it; the program knows which there are.
    outcome TEXT NOT NULL,
    -- JSON, sealed: its name and subject, for the head of what answers it.
    head_sealed TEXT,
    created BIGINT NOT NULL
);

CREATE INDEX letters_by_conversation ON letters (conversation, created) WHERE conversation IS NOT NULL;
CREATE INDEX letters_by_sender ON letters (sender, created);

-- How many came to which end since this database was made.
CREATE TABLE letter_counts (
    outcome TEXT PRIMARY KEY,
    count BIGINT NOT NULL
);

-- Mailboxes that are read: by one process at a time.
CREATE TABLE mailboxes (
    outlet TEXT PRIMARY KEY REFERENCES outlets (id),
    -- Which process reads it, and until when nobody else does.
    holder TEXT,
    held_until BIGINT NOT NULL,
    -- When it was last looked into.
    looked BIGINT,
    -- Since when it cannot be read, and why.
    failing_since BIGINT,
    failure TEXT
);

-- One mailbox is one outlet, however many processes start at once.
CREATE UNIQUE INDEX one_outlet_of_a_mailbox ON outlets (url) WHERE kind = 'mail';
