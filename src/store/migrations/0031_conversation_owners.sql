-- Whose a conversation is: the account its host named, or whoever holds a secret. One without a row is staff's alone.
CREATE TABLE conversation_owners (
    conversation TEXT PRIMARY KEY REFERENCES conversations (id),
    secret_hash TEXT,
    subject_sealed TEXT,
    name_sealed TEXT,
    email_sealed TEXT,
    tier TEXT CHECK (tier IN ('unverified', 'verified', 'premium')),
    since BIGINT NOT NULL,
    CHECK ((secret_hash IS NULL) <> (subject_sealed IS NULL))
);
