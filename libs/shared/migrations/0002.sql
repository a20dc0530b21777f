-- The outbox is its own snapshot: of each thing the newest event of each type stays. Never edited.
ALTER TABLE outbox
    ADD COLUMN type text GENERATED ALWAYS AS (headers->>'ce-type') STORED,
    ADD COLUMN agency uuid GENERATED ALWAYS AS (nullif(nullif(split_part(subject, '.', 6), '_'), '')::uuid) STORED,
    ADD COLUMN company uuid GENERATED ALWAYS AS (nullif(nullif(split_part(subject, '.', 7), '_'), '')::uuid) STORED;
COMMENT ON COLUMN outbox.agency IS 'first tenant of the subject; of a person''s event, the person';
COMMENT ON COLUMN outbox.company IS 'second tenant of the subject';
CREATE INDEX outbox_type ON outbox (type, thing, version);
CREATE INDEX outbox_agency ON outbox (agency, stream, thing, version) WHERE agency IS NOT NULL;
CREATE INDEX outbox_company ON outbox (company, stream, thing, version) WHERE company IS NOT NULL;

CREATE TABLE outbox_pruned (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    upto bigint NOT NULL
);
COMMENT ON COLUMN outbox_pruned.upto IS 'row of the outbox up to which all that rows superseded is deleted';
INSERT INTO outbox_pruned (upto) VALUES (0);
