-- What goes away is looked for among what refers to it; ratings and scores are counted by when they were given.
CREATE INDEX messages_by_answer ON messages (answer) WHERE answer IS NOT NULL;
CREATE INDEX feedback_by_moment ON feedback (created);
CREATE INDEX satisfaction_by_moment ON satisfaction (created);
