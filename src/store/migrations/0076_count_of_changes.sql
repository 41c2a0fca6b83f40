-- Rises with every commit that changes something staff can see, so that whoever has read the queue knows whether to
-- read it again.
INSERT INTO counters (name, value) VALUES ('changes', 0);
