-- By which way a visitor speaks, and where a channel finds them again.

ALTER TABLE conversations ADD COLUMN channel TEXT NOT NULL DEFAULT 'web';
-- The outlet that replies leave by, and the name of the conversation there; NULL on the web.
ALTER TABLE conversations ADD COLUMN outlet TEXT REFERENCES outlets (id);
ALTER TABLE conversations ADD COLUMN external_id TEXT;

-- However often the first words are handed in, they open one conversation.
CREATE UNIQUE INDEX one_conversation_of_a_name ON conversations (outlet, external_id) WHERE external_id IS NOT NULL;
