-- Counts up when it is tried whether anything can be kept.
INSERT INTO counters (name, value) VALUES ('checks', 0);
