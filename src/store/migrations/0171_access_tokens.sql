-- Access tokens that a messenger has lent for a while: one for each account, shared by every node.
CREATE TABLE access_tokens (
    outlet TEXT PRIMARY KEY,
    token_sealed TEXT NOT NULL,
    until BIGINT NOT NULL
);
