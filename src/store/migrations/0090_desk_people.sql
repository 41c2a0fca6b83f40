-- Who is there and what they take: an agent is away only when they themselves are, levels are no skills, and hands are full
-- at some point.

-- When the agent who holds it took it; NULL while nobody does.
ALTER TABLE conversations ADD COLUMN held_since BIGINT;

-- When their browser last said that they are at the desk.
ALTER TABLE agents ADD COLUMN seen BIGINT;
-- Codes of the levels they take beside the first, with commas between them.
ALTER TABLE agents ADD COLUMN levels TEXT NOT NULL DEFAULT '';
-- Conversations they hold at once before the next is given to somebody else.
ALTER TABLE agents ADD COLUMN capacity BIGINT NOT NULL DEFAULT 8;

UPDATE agents SET levels = CASE
    WHEN ',' || skills || ',' LIKE '%,l2,%' AND ',' || skills || ',' LIKE '%,l3,%' THEN 'l2,l3'
    WHEN ',' || skills || ',' LIKE '%,l2,%' THEN 'l2'
    WHEN ',' || skills || ',' LIKE '%,l3,%' THEN 'l3'
    ELSE '' END;
UPDATE agents SET skills = TRIM(REPLACE(REPLACE(',' || skills || ',', ',l2,', ','), ',l3,', ','), ',');
UPDATE conversations SET held_since = updated WHERE state = 'agent';
