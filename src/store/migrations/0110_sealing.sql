-- What people said is sealed, each visitor's under a key of their own; what stands for it in the record stays.

CREATE TABLE sealing_keys (
    id TEXT PRIMARY KEY,
    -- Whose it is, where it is looked for by that: the installation, a day, the digest of an account.
    owner TEXT UNIQUE,
    -- The master key that wraps it.
    master TEXT NOT NULL,
    -- Empty once it was destroyed.
    wrapped TEXT NOT NULL
);

CREATE INDEX sealing_keys_by_master ON sealing_keys (master);

-- The key of its words; NULL until one that was opened before is sealed.
ALTER TABLE conversations ADD COLUMN sealing_key TEXT REFERENCES sealing_keys (id);
CREATE INDEX conversations_by_key ON conversations (sealing_key);
-- When its content was erased; nothing happens in it any more.
ALTER TABLE conversations ADD COLUMN erased BIGINT;
-- 1 while it must be kept whatever its age.
ALTER TABLE conversations ADD COLUMN legal_hold BIGINT NOT NULL DEFAULT 0;

-- Digest of the account, by which everything of a visitor is found.
ALTER TABLE conversation_owners ADD COLUMN account TEXT;
CREATE INDEX conversation_owners_by_account ON conversation_owners (account);

-- Whose words they are; NULL for those from before.
ALTER TABLE proposals ADD COLUMN conversation TEXT REFERENCES conversations (id);
CREATE INDEX proposals_by_conversation ON proposals (conversation);

-- 1 once its content is sealed.
ALTER TABLE attachments ADD COLUMN sealed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX attachments_not_sealed ON attachments (id) WHERE sealed = 0;

CREATE INDEX answers_by_conversation ON answers (conversation);
CREATE INDEX answers_outside_by_age ON answers (created) WHERE conversation IS NULL;

-- 1 once everything from before is sealed.
INSERT INTO counters (name, value) VALUES ('sealed', 0);

-- What a channel calls a conversation: sealed here, and in external_id a digest by which it is found.
ALTER TABLE conversations ADD COLUMN external_sealed TEXT;

-- What retention looks for.
CREATE INDEX conversations_expiring ON conversations (updated) WHERE erased IS NULL;

-- The words as they were before something in them was hidden; opened by those with the right and a reason, and noted.
ALTER TABLE messages ADD COLUMN original_sealed TEXT;
