-- Keys of browsers, telephones and security keys that stand for the second factor.
CREATE TABLE passkeys (
    id TEXT PRIMARY KEY,
    agent TEXT NOT NULL REFERENCES agents (id),
    public_key TEXT NOT NULL,
    -- How often it has signed, where it keeps count: a copy would fall behind.
    counter BIGINT NOT NULL,
    -- Codes with commas between them.
    transports TEXT NOT NULL,
    -- What the browser calls itself in which it was made.
    browser TEXT NOT NULL,
    created BIGINT NOT NULL,
    used BIGINT
);

CREATE INDEX passkeys_by_agent ON passkeys (agent);

-- What the next answer of a browser must fit; taken once.
ALTER TABLE agents ADD COLUMN passkey_challenge TEXT;
