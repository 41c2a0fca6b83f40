-- What a messenger calls the messages that it has taken, as keyed digests: some are refused only later, under that name.
CREATE TABLE sent_names (
    outlet TEXT NOT NULL,
    name TEXT NOT NULL,
    delivery TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (outlet, name)
);
