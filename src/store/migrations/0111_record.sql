-- The record: every event commits to its content and to all events before it, and signed checkpoints to all streams.

-- Digest of content and salt, and of that with the link before it; hexadecimal. NULL until those from before are linked.
ALTER TABLE events ADD COLUMN commitment TEXT;
ALTER TABLE events ADD COLUMN link TEXT;

-- Link of the newest event.
ALTER TABLE conversations ADD COLUMN head TEXT;
-- Number of the newest event that a checkpoint vouches for.
ALTER TABLE conversations ADD COLUMN checkpointed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX conversations_to_checkpoint ON conversations (id) WHERE last_sequence > checkpointed;

-- What staff do is a stream of its own.
ALTER TABLE staff_log ADD COLUMN sequence BIGINT;
ALTER TABLE staff_log ADD COLUMN commitment TEXT;
ALTER TABLE staff_log ADD COLUMN link TEXT;
CREATE UNIQUE INDEX staff_log_by_sequence ON staff_log (sequence);

-- Keys that sign checkpoints; the newest signs.
CREATE TABLE record_keys (
    public_key TEXT PRIMARY KEY,
    seed_sealed TEXT NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE checkpoints (
    number BIGINT PRIMARY KEY,
    previous TEXT NOT NULL,
    root TEXT NOT NULL,
    leaves BIGINT NOT NULL,
    created BIGINT NOT NULL,
    public_key TEXT NOT NULL REFERENCES record_keys (public_key),
    signature TEXT NOT NULL
);

-- Heads of the streams that had grown, which the root stands for.
CREATE TABLE checkpoint_leaves (
    checkpoint BIGINT NOT NULL REFERENCES checkpoints (number),
    stream TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    head TEXT NOT NULL,
    PRIMARY KEY (checkpoint, stream)
);

CREATE INDEX checkpoint_leaves_by_stream ON checkpoint_leaves (stream, sequence);
