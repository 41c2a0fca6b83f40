-- Messengers: a reply that goes in several parts, and the tokens by which a visitor's words can be replied to.

-- How many parts of it have arrived.
ALTER TABLE deliveries ADD COLUMN sent_parts BIGINT NOT NULL DEFAULT 0;

-- The newest token of a conversation; whoever replies by it takes it away.
CREATE TABLE reply_tokens (
    conversation TEXT PRIMARY KEY,
    outlet TEXT NOT NULL,
    token_sealed TEXT NOT NULL,
    until BIGINT NOT NULL
);
