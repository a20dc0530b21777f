-- Tables that every service has for itself (libs/shared/tables.py). Never edited; a change is a file of its own.
CREATE TABLE business_clock (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    ahead interval NOT NULL CHECK (ahead >= interval '0')
);
COMMENT ON COLUMN business_clock.ahead IS 'how far business time is ahead of real time';
CREATE FUNCTION business_now() RETURNS timestamptz LANGUAGE sql STABLE
    RETURN now() + coalesce((SELECT ahead FROM business_clock), interval '0');

CREATE FUNCTION tenant() RETURNS uuid LANGUAGE sql STABLE
    RETURN nullif(current_setting('app.tenant', true), '')::uuid;

CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    stream text NOT NULL,
    thing uuid NOT NULL,
    version bigint NOT NULL,
    subject text NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    stream_seq bigint
);
COMMENT ON COLUMN outbox.xid IS 'transaction that wrote the row, for a feed without gaps';
COMMENT ON COLUMN outbox.stream_seq IS 'sequence that JetStream acknowledged; null: not sent';
CREATE INDEX outbox_unsent ON outbox (stream, id) WHERE stream_seq IS NULL;
CREATE INDEX outbox_sent ON outbox (stream, stream_seq);
CREATE INDEX outbox_feed ON outbox (xid, id);
CREATE UNIQUE INDEX outbox_version ON outbox (stream, thing, version);

CREATE FUNCTION notify_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('outbox', '');
    RETURN NULL;
END $$;
CREATE TRIGGER outbox_written AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION notify_outbox();

CREATE TABLE inbox (
    stream text NOT NULL,
    thing uuid NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (stream, thing)
);
COMMENT ON COLUMN inbox.version IS 'last version of the thing that took effect';

CREATE TABLE parked (
    stream text NOT NULL,
    thing uuid NOT NULL,
    version bigint NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0,
    retry_at timestamptz,
    reason text NOT NULL,
    dead boolean NOT NULL DEFAULT false,
    PRIMARY KEY (stream, thing, version)
);
-- Lock what is known of these things, in one order, and tell which of their versions are parked.
CREATE FUNCTION lock_inbox(of_stream text, things uuid[])
    RETURNS TABLE (thing uuid, version bigint, parked bigint[]) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO inbox (stream, thing, version)
        SELECT of_stream, t, 0 FROM unnest(things) AS t ORDER BY t ON CONFLICT DO NOTHING;
    PERFORM FROM inbox i WHERE i.stream = of_stream AND i.thing = ANY (things) ORDER BY i.thing FOR UPDATE;
    RETURN QUERY SELECT i.thing, i.version,
        ARRAY(SELECT p.version FROM parked p WHERE p.stream = of_stream AND p.thing = i.thing)
        FROM inbox i WHERE i.stream = of_stream AND i.thing = ANY (things);
END $$;

COMMENT ON COLUMN parked.retry_at IS 'null: waits for an earlier version of its thing';
CREATE INDEX parked_due ON parked (retry_at) WHERE NOT dead;

CREATE TABLE audit_entry (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    at timestamptz NOT NULL,
    body bytea NOT NULL,
    digest bytea NOT NULL CHECK (digest = sha256(body))
);
COMMENT ON COLUMN audit_entry.body IS 'the entry as JSON, byte for byte what was sealed';
COMMENT ON COLUMN audit_entry.digest IS 'SHA-256 of body';
CREATE INDEX audit_entry_tenant ON audit_entry (tenant_id, at, id);
ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON audit_entry USING (tenant_id = tenant()) WITH CHECK (tenant_id = tenant());

CREATE TABLE audit_name (
    entry_id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    salt bytea NOT NULL,
    name text NOT NULL
);
CREATE INDEX audit_name_person ON audit_name (person_id);
ALTER TABLE audit_name ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_name FORCE ROW LEVEL SECURITY;
CREATE POLICY through_entry ON audit_name
    USING (person_id = tenant() OR EXISTS (SELECT FROM audit_entry e WHERE e.id = entry_id))
    WITH CHECK (EXISTS (SELECT FROM audit_entry e WHERE e.id = entry_id));

CREATE TABLE idempotency (
    tenant_id uuid NOT NULL,
    caller text NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    body_hash bytea NOT NULL,
    status integer,
    answer bytea,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, caller, route, key)
);
CREATE INDEX idempotency_at ON idempotency (at);
ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON idempotency USING (tenant_id = tenant()) WITH CHECK (tenant_id = tenant());
CREATE POLICY lookup ON idempotency TO CURRENT_USER USING (true);

-- What spans tenants, one reviewed function each: stored answers go after a day, and with whom they name.
CREATE FUNCTION prune_idempotency() RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC DELETE FROM public.idempotency WHERE at < now() - interval '24 hours'; END;
CREATE FUNCTION forget_answers(person uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC
        DELETE FROM public.idempotency
        WHERE caller = 'person:' || person OR strpos(convert_from(answer, 'UTF8'), person::text) > 0;
    END;
