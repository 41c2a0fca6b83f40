-- Rules: when something happens to a ticket that fits, something is done by itself; and acts that go with a macro.

CREATE TABLE rules (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    active BIGINT NOT NULL CHECK (active IN (0, 1)),
    -- JSON: the trigger, and what a ticket has to be.
    condition TEXT NOT NULL,
    -- JSON: what is done, in this order.
    acts TEXT NOT NULL,
    -- What happened before is left alone.
    since BIGINT NOT NULL,
    created BIGINT NOT NULL
);

-- When rules looked at a ticket after its opening, and after a promise was broken.
ALTER TABLE tickets ADD COLUMN ruled_opened BIGINT;
ALTER TABLE tickets ADD COLUMN ruled_breached BIGINT;

-- JSON: what is done to the ticket once the macro was sent.
ALTER TABLE macros ADD COLUMN acts TEXT NOT NULL DEFAULT '[]';
