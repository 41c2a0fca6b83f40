-- How far the two sides of a conversation have read: the number of the newest event each has had before their eyes. It is
-- no event of its own, for it says nothing that was said.

CREATE TABLE conversation_reads (
    conversation TEXT PRIMARY KEY REFERENCES conversations (id),
    visitor BIGINT NOT NULL DEFAULT 0,
    staff BIGINT NOT NULL DEFAULT 0
);
