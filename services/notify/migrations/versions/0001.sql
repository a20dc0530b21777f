-- Copies, kept by what events tell.
CREATE TABLE organisation (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('agency', 'company')),
    name text NOT NULL,
    country text NOT NULL,
    language text NOT NULL
);

CREATE TABLE person (
    id uuid PRIMARY KEY,
    name text,
    email text,
    mobile text,
    language text,
    time_zone text,
    erased boolean NOT NULL
);

CREATE TABLE member (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    person_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('invited', 'active', 'ended')),
    roles text[] NOT NULL
);
COMMENT ON COLUMN member.id IS 'the membership; who leaves and comes back has two';
CREATE INDEX member_person ON member (organisation_id, person_id);

CREATE TABLE link_request (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL,
    company_id uuid NOT NULL,
    requested_by uuid NOT NULL,
    recipients uuid[] NOT NULL,
    generation integer NOT NULL,
    reminded_generation integer NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'accepted', 'declined', 'cancelled', 'expired')),
    sent_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN link_request.reminded_generation IS 'the generation that a reminder went out for; 0: none';
CREATE INDEX link_request_agency ON link_request (agency_id, company_id);
CREATE INDEX link_request_company ON link_request (company_id, agency_id);
CREATE INDEX link_request_unreminded ON link_request (expires_at)
    WHERE state = 'pending' AND reminded_generation < generation;

-- What notify owns.
CREATE TABLE delivery (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    organisation_kind text NOT NULL CHECK (organisation_kind IN ('agency', 'company')),
    person_id uuid NOT NULL,
    channel text NOT NULL CHECK (channel IN ('mail', 'sms')),
    template text NOT NULL,
    cause text NOT NULL,
    params jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('due', 'sent', 'given_up', 'lapsed')),
    attempts integer NOT NULL,
    waits integer NOT NULL,
    due_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL,
    settled_at timestamptz,
    reason text,
    version integer NOT NULL,
    CONSTRAINT delivery_once UNIQUE (cause, person_id, channel)
);
COMMENT ON COLUMN delivery.organisation_id IS 'on whose behalf it goes to the person';
COMMENT ON COLUMN delivery.params IS 'ids and codes; the text is made when it is sent';
COMMENT ON COLUMN delivery.waits IS 'times it was put off because something it speaks of is not known yet';
COMMENT ON COLUMN delivery.due_at IS 'real time; the other times are business time';
COMMENT ON COLUMN delivery.reason IS 'a code; never what a server answered';
CREATE INDEX delivery_due ON delivery (due_at) WHERE state = 'due';
CREATE INDEX delivery_listed ON delivery (organisation_id, state, created_at, id);
CREATE INDEX delivery_person ON delivery (person_id, organisation_id);

CREATE FUNCTION notify_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('delivery', '');
    RETURN NULL;
END $$;
CREATE TRIGGER delivery_due AFTER INSERT OR UPDATE OF due_at ON delivery
    FOR EACH STATEMENT EXECUTE FUNCTION notify_delivery();

CREATE TABLE notice (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    person_id uuid NOT NULL,
    kind text NOT NULL,
    cause text NOT NULL,
    params jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    read_at timestamptz,
    CONSTRAINT notice_once UNIQUE (cause, person_id)
);
COMMENT ON COLUMN notice.params IS 'ids and codes; the text is made when it is read';
CREATE INDEX notice_listed ON notice (organisation_id, person_id, created_at, id);
CREATE INDEX notice_unread ON notice (organisation_id, person_id) WHERE read_at IS NULL;

ALTER TABLE member ENABLE ROW LEVEL SECURITY;
ALTER TABLE member FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON member USING (organisation_id = tenant()) WITH CHECK (organisation_id = tenant());

ALTER TABLE link_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE link_request FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON link_request USING (agency_id = tenant() OR company_id = tenant())
    WITH CHECK (agency_id = tenant() OR company_id = tenant());

-- An addressee settles what is open to them, as themselves, when they are erased.
ALTER TABLE delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON delivery USING (organisation_id = tenant()) WITH CHECK (organisation_id = tenant());
CREATE POLICY addressee ON delivery USING (person_id = tenant()) WITH CHECK (person_id = tenant());

ALTER TABLE notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE notice FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON notice USING (organisation_id = tenant()) WITH CHECK (organisation_id = tenant());

-- An organisation is seen by itself and by those it has had a link request with, and written only as itself.
ALTER TABLE organisation ENABLE ROW LEVEL SECURITY;
ALTER TABLE organisation FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON organisation USING (id = tenant()) WITH CHECK (id = tenant());
CREATE POLICY counterpart ON organisation FOR SELECT
    USING (EXISTS (
        SELECT FROM link_request r
        WHERE (r.agency_id = tenant() AND r.company_id = organisation.id)
            OR (r.company_id = tenant() AND r.agency_id = organisation.id)
    ));

-- A person is seen by themselves, by the organisations they belong to and by those that wrote to them.
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
ALTER TABLE person FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON person USING (id = tenant()) WITH CHECK (id = tenant());
CREATE POLICY member ON person FOR SELECT
    USING (EXISTS (
        SELECT FROM member m
        WHERE m.organisation_id = tenant() AND m.person_id = person.id AND m.state = 'active'
    ));
CREATE POLICY addressed ON person FOR SELECT
    USING (EXISTS (SELECT FROM delivery d WHERE d.organisation_id = tenant() AND d.person_id = person.id));

-- What spans tenants, one reviewed function each; nothing but tenants and ids comes out.
CREATE POLICY lookup ON delivery FOR SELECT TO notify_owner USING (true);
CREATE POLICY lookup ON link_request FOR SELECT TO notify_owner USING (true);

-- The sender looks for what is due, in real time, and leaves out what it is sending already.
CREATE FUNCTION due_deliveries(under_way uuid[], at_most integer)
    RETURNS TABLE (organisation_id uuid, delivery_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC
        SELECT d.organisation_id, d.id FROM public.delivery d
        WHERE d.state = 'due' AND d.due_at <= now() AND d.id <> ALL (under_way)
        ORDER BY d.due_at LIMIT at_most;
    END;

-- Pending requests that end within so long, in business time, and that nobody was reminded of. One that was
-- sent later than that has no reminder: its mail is as fresh.
CREATE FUNCTION link_requests_to_remind(ahead interval, at_most integer)
    RETURNS TABLE (company_id uuid, link_request_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC
        SELECT r.company_id, r.id FROM public.link_request r
        WHERE r.state = 'pending' AND r.reminded_generation < r.generation
            AND r.expires_at > public.business_now() AND r.expires_at <= public.business_now() + ahead
            AND r.sent_at < r.expires_at - ahead
        ORDER BY r.expires_at LIMIT at_most;
    END;
