-- What hosts have said of their visitors reaches the conversations, so that tickets to come know it.
UPDATE conversations
SET visitor_tier = (SELECT o.tier FROM conversation_owners o WHERE o.conversation = conversations.id)
WHERE visitor_tier = 'unverified'
  AND id IN (SELECT o.conversation FROM conversation_owners o WHERE o.tier IS NOT NULL);
