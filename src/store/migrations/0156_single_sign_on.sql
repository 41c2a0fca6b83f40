-- Staff who sign in by a provider: whose account is whose, and how they leave.

CREATE TABLE agent_identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    agent TEXT NOT NULL UNIQUE REFERENCES agents (id),
    -- Since when no group of theirs has a role; the account is inactive for that reason and no other.
    left_groups BIGINT,
    created BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);

-- Whether a session was opened by the provider, and the token by which it is asked to end its own; sealed.
ALTER TABLE sessions ADD COLUMN by_provider BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN id_token_sealed TEXT;

-- Until when the password opens a session although passwords are switched off: the operator's way back.
ALTER TABLE agents ADD COLUMN let_in_until BIGINT NOT NULL DEFAULT 0;
