-- Mail to members of staff that is about no ticket.
CREATE TABLE staff_letters (
    id TEXT PRIMARY KEY,
    agent TEXT NOT NULL REFERENCES agents (id),
    subject_sealed TEXT NOT NULL,
    text_sealed TEXT NOT NULL,
    html_sealed TEXT,
    attempts BIGINT NOT NULL,
    next_attempt BIGINT NOT NULL,
    state TEXT NOT NULL,
    created BIGINT NOT NULL
);

CREATE INDEX staff_letters_by_state ON staff_letters (state, next_attempt);
