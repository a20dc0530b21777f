CREATE TABLE organisation (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('agency', 'company')),
    name text NOT NULL,
    country text NOT NULL,
    number text NOT NULL,
    subscription_number text NOT NULL,
    state text NOT NULL
);
CREATE INDEX organisation_number ON organisation (number, country);
CREATE INDEX organisation_subscription ON organisation (subscription_number);

CREATE TABLE person (id uuid PRIMARY KEY, name text);

CREATE TABLE member (
    organisation_id uuid NOT NULL,
    person_id uuid NOT NULL,
    membership_id uuid NOT NULL,
    roles text[] NOT NULL,
    PRIMARY KEY (organisation_id, person_id)
);
CREATE INDEX member_person ON member (person_id);

CREATE TABLE link_request (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL,
    company_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'accepted', 'declined', 'cancelled', 'expired')),
    terms jsonb NOT NULL,
    generation integer NOT NULL,
    requested_by uuid NOT NULL,
    sent_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    decided_by uuid,
    decided_at timestamptz,
    decline_reason text,
    version integer NOT NULL,
    CHECK ((state = 'pending') = (decided_at IS NULL))
);
CREATE UNIQUE INDEX link_request_pending ON link_request (agency_id, company_id) WHERE state = 'pending';
CREATE INDEX link_request_agency ON link_request (agency_id, company_id, sent_at);
CREATE INDEX link_request_company ON link_request (company_id, sent_at);
CREATE INDEX link_request_due ON link_request (expires_at) WHERE state = 'pending';

CREATE TABLE link (
    id uuid PRIMARY KEY,
    link_request_id uuid NOT NULL UNIQUE,
    agency_id uuid NOT NULL,
    company_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('live', 'ended')),
    terms jsonb NOT NULL,
    accepted_by uuid NOT NULL,
    accepted_at timestamptz NOT NULL,
    activated_at timestamptz,
    ended_by uuid,
    ended_at timestamptz,
    version integer NOT NULL,
    CHECK ((state = 'live') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX link_live ON link (agency_id, company_id) WHERE state = 'live';
CREATE INDEX link_company ON link (company_id);

ALTER TABLE link_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE link_request FORCE ROW LEVEL SECURITY;
CREATE POLICY either_side ON link_request USING (agency_id = tenant() OR company_id = tenant())
    WITH CHECK (agency_id = tenant() OR company_id = tenant());

ALTER TABLE link ENABLE ROW LEVEL SECURITY;
ALTER TABLE link FORCE ROW LEVEL SECURITY;
CREATE POLICY either_side ON link USING (agency_id = tenant() OR company_id = tenant())
    WITH CHECK (agency_id = tenant() OR company_id = tenant());

ALTER TABLE member ENABLE ROW LEVEL SECURITY;
ALTER TABLE member FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON member USING (organisation_id = tenant()) WITH CHECK (organisation_id = tenant());

-- An organisation's details are written as itself, and read by those it shares a link request with.
ALTER TABLE organisation ENABLE ROW LEVEL SECURITY;
ALTER TABLE organisation FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON organisation USING (id = tenant()) WITH CHECK (id = tenant());
CREATE POLICY shared ON organisation FOR SELECT USING (
    EXISTS (SELECT FROM link_request r WHERE r.agency_id = organisation.id OR r.company_id = organisation.id)
);

-- A person's name is written as themselves, and read by their organisations and by both sides of what they decided.
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
ALTER TABLE person FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON person USING (id = tenant()) WITH CHECK (id = tenant());
CREATE POLICY member ON person FOR SELECT USING (EXISTS (SELECT FROM member m WHERE m.person_id = person.id));
CREATE POLICY shared ON person FOR SELECT USING (
    EXISTS (SELECT FROM link_request r WHERE r.requested_by = person.id OR r.decided_by = person.id)
);

-- What spans tenants, one reviewed function each.
CREATE POLICY lookup ON organisation FOR SELECT TO clients_owner USING (true);
CREATE POLICY lookup ON member FOR SELECT TO clients_owner USING (true);
CREATE POLICY lookup ON link_request FOR SELECT TO clients_owner USING (true);

-- Any agency user may look a company up by its exact number (L3): what a public register tells, and whether it
-- can be asked. Nothing in verification is found (I1).
CREATE FUNCTION find_companies(numbers text[], countries text[], subscription text)
    RETURNS TABLE (id uuid, name text, country text, number text, subscription_number text, has_administrator boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC
        SELECT o.id, o.name, o.country, o.number, o.subscription_number,
            EXISTS (SELECT FROM public.member m
                WHERE m.organisation_id = o.id AND 'system_administrator' = ANY (m.roles))
        FROM public.organisation o
        WHERE o.kind = 'company' AND o.state = 'verified'
            AND ((o.country, o.number) IN (SELECT * FROM unnest(countries, numbers))
                OR o.subscription_number = subscription)
        ORDER BY o.subscription_number
        LIMIT 20;
    END;

-- A mailed link names its request only; the tenant is found by it.
CREATE FUNCTION company_of_link_request(request uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    RETURN (SELECT company_id FROM public.link_request r WHERE r.id = request);

-- What the sweeper has to end.
CREATE FUNCTION due_link_requests(at timestamptz) RETURNS TABLE (agency_id uuid, id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC
        SELECT r.agency_id, r.id FROM public.link_request r
        WHERE r.state = 'pending' AND r.expires_at <= at ORDER BY r.expires_at LIMIT 500;
    END;

-- Whether a company can be asked at all: what is in verification, or no company, is as good as not there.
CREATE FUNCTION can_be_found(company uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    RETURN EXISTS (SELECT FROM public.organisation o
        WHERE o.id = company AND o.kind = 'company' AND o.state = 'verified');
