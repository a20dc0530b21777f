-- Entries are found by who acted and by whom they are about. Never edited.
ALTER TABLE audit_entry ADD COLUMN actor_id uuid, ADD COLUMN person_id uuid;
COMMENT ON COLUMN audit_entry.actor_id IS 'the person who acted';
COMMENT ON COLUMN audit_entry.person_id IS 'the person whom it is about';
ALTER TABLE audit_entry NO FORCE ROW LEVEL SECURITY;
UPDATE audit_entry SET
    actor_id = substring(convert_from(body, 'UTF8')::jsonb ->> 'actor' FROM '^person:(.*)$')::uuid,
    person_id = (convert_from(body, 'UTF8')::jsonb -> 'details' ->> 'person')::uuid;
ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY;
CREATE INDEX audit_entry_actor ON audit_entry (actor_id, at, id) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_entry_person ON audit_entry (person_id, at, id) WHERE person_id IS NOT NULL;
-- A person reads what they did and what was done to them, wherever that was.
CREATE POLICY own ON audit_entry FOR SELECT USING (actor_id = tenant() OR person_id = tenant());
