-- Copies of what other services tell.
CREATE TABLE organisation (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('agency', 'company')),
    name text NOT NULL
);

CREATE TABLE person (
    id uuid PRIMARY KEY,
    name text
);
COMMENT ON COLUMN person.name IS 'null once erased';

CREATE TABLE member (
    organisation_id uuid NOT NULL,
    person_id uuid NOT NULL,
    membership_id uuid NOT NULL,
    roles text[] NOT NULL,
    PRIMARY KEY (organisation_id, person_id)
);
CREATE INDEX member_person ON member (person_id);

CREATE TABLE link (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL,
    company_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('live', 'ended')),
    terms jsonb NOT NULL,
    CHECK (agency_id <> company_id)
);
CREATE INDEX link_agency ON link (agency_id);
CREATE INDEX link_company ON link (company_id);

-- What access owns.
CREATE TABLE program (
    id text PRIMARY KEY CHECK (id ~ '^[a-z][a-z0-9-]{0,63}$'),
    name text NOT NULL
);
INSERT INTO program (id, name) VALUES
    ('bookkeeping', 'Bookkeeping'),
    ('invoicing', 'Invoicing'),
    ('payroll', 'Payroll'),
    ('receipts', 'Receipts'),
    ('annual-accounts', 'Annual accounts');

CREATE TABLE client (
    link_id uuid PRIMARY KEY REFERENCES link,
    agency_id uuid NOT NULL,
    company_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('eligible', 'active', 'ended')),
    eligible_at timestamptz NOT NULL,
    activated_at timestamptz,
    activated_by uuid,
    version integer NOT NULL,
    CHECK ((activated_at IS NULL) = (activated_by IS NULL)),
    CHECK (state <> 'active' OR activated_at IS NOT NULL),
    CHECK (state <> 'eligible' OR activated_at IS NULL)
);
CREATE INDEX client_agency ON client (agency_id, eligible_at, link_id);
CREATE INDEX client_eligible ON client (agency_id, eligible_at, link_id) WHERE state = 'eligible';
CREATE INDEX client_company ON client (company_id);

CREATE TABLE administration (
    link_id uuid NOT NULL REFERENCES client,
    person_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    company_id uuid NOT NULL,
    roles text[] NOT NULL CHECK (cardinality(roles) > 0),
    PRIMARY KEY (link_id, person_id)
);
CREATE INDEX administration_person ON administration (person_id, agency_id);

CREATE TABLE access_grant (
    link_id uuid NOT NULL REFERENCES client,
    person_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    company_id uuid NOT NULL,
    held boolean NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    PRIMARY KEY (link_id, person_id)
);
COMMENT ON COLUMN access_grant.revision IS 'counts up over giving and taking; the row stays when taken';
CREATE INDEX access_grant_person ON access_grant (person_id, agency_id);

CREATE TABLE program_grant (
    link_id uuid NOT NULL,
    person_id uuid NOT NULL,
    program text NOT NULL REFERENCES program,
    agency_id uuid NOT NULL,
    company_id uuid NOT NULL,
    held boolean NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    PRIMARY KEY (link_id, person_id, program),
    FOREIGN KEY (link_id, person_id) REFERENCES access_grant
);
COMMENT ON COLUMN program_grant.revision IS 'counts up over giving and taking; the row stays when taken';
CREATE INDEX program_grant_person ON program_grant (person_id, agency_id);

CREATE TABLE withdrawal (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL,
    person_id uuid NOT NULL,
    membership_id uuid NOT NULL,
    withdrawn_at timestamptz NOT NULL,
    version integer NOT NULL
);
COMMENT ON TABLE withdrawal IS 'that all of a person''s grants at an agency went at once, since the membership ended';
CREATE INDEX withdrawal_agency ON withdrawal (agency_id, withdrawn_at);

CREATE TABLE job (
    id uuid PRIMARY KEY,
    agency_id uuid NOT NULL,
    started_by uuid NOT NULL,
    operation text NOT NULL CHECK (operation IN ('give')),
    clients uuid[] NOT NULL CHECK (cardinality(clients) BETWEEN 1 AND 10000),
    consultants uuid[] NOT NULL CHECK (cardinality(consultants) BETWEEN 1 AND 500),
    programs text[] NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'finished')),
    total integer NOT NULL CHECK (total = cardinality(clients) * cardinality(consultants) * (1 + cardinality(programs))),
    done integer NOT NULL,
    unchanged integer NOT NULL,
    refused integer NOT NULL,
    next_position integer NOT NULL,
    claim uuid,
    lease_until timestamptz,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    version integer NOT NULL,
    CHECK (done + unchanged + refused = next_position),
    CHECK (next_position BETWEEN 0 AND total),
    CHECK ((state = 'finished') = (next_position = total)),
    CHECK ((state = 'finished') = (finished_at IS NOT NULL))
);
COMMENT ON COLUMN job.clients IS 'link ids';
COMMENT ON COLUMN job.next_position IS 'all items before it are done';
COMMENT ON COLUMN job.claim IS 'token of the worker that may write items; another claim fences it out';
COMMENT ON COLUMN job.lease_until IS 'real time; after it another worker may claim the job';
CREATE INDEX job_agency ON job (agency_id, created_at);
CREATE INDEX job_unfinished ON job (created_at) WHERE state <> 'finished';

CREATE TABLE job_item (
    job_id uuid NOT NULL,
    position integer NOT NULL,
    agency_id uuid NOT NULL,
    link_id uuid NOT NULL,
    person_id uuid NOT NULL,
    program text,
    outcome text NOT NULL CHECK (outcome IN ('done', 'unchanged', 'refused')),
    reason text,
    PRIMARY KEY (job_id, position),
    CHECK ((outcome = 'refused') = (reason IS NOT NULL))
);
COMMENT ON COLUMN job_item.program IS 'null: access to the client itself';
CREATE INDEX job_item_outcome ON job_item (job_id, outcome, position);

CREATE FUNCTION notify_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('job', '');
    RETURN NULL;
END $$;
CREATE TRIGGER job_started AFTER INSERT ON job FOR EACH STATEMENT EXECUTE FUNCTION notify_job();

-- One tenant's rows.
ALTER TABLE member ENABLE ROW LEVEL SECURITY;
ALTER TABLE member FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON member USING (organisation_id = tenant()) WITH CHECK (organisation_id = tenant());

ALTER TABLE withdrawal ENABLE ROW LEVEL SECURITY;
ALTER TABLE withdrawal FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON withdrawal USING (agency_id = tenant()) WITH CHECK (agency_id = tenant());

ALTER TABLE job ENABLE ROW LEVEL SECURITY;
ALTER TABLE job FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON job USING (agency_id = tenant()) WITH CHECK (agency_id = tenant());

ALTER TABLE job_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE job_item FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON job_item USING (agency_id = tenant()) WITH CHECK (agency_id = tenant());

-- Rows of two tenants: both read them, and what there is so far is written for the agency.
ALTER TABLE link ENABLE ROW LEVEL SECURITY;
ALTER TABLE link FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON link USING (agency_id = tenant() OR company_id = tenant()) WITH CHECK (agency_id = tenant());

ALTER TABLE client ENABLE ROW LEVEL SECURITY;
ALTER TABLE client FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON client USING (agency_id = tenant() OR company_id = tenant()) WITH CHECK (agency_id = tenant());

ALTER TABLE administration ENABLE ROW LEVEL SECURITY;
ALTER TABLE administration FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON administration USING (agency_id = tenant() OR company_id = tenant())
    WITH CHECK (agency_id = tenant());

ALTER TABLE access_grant ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_grant FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON access_grant USING (agency_id = tenant() OR company_id = tenant())
    WITH CHECK (agency_id = tenant());

ALTER TABLE program_grant ENABLE ROW LEVEL SECURITY;
ALTER TABLE program_grant FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON program_grant USING (agency_id = tenant() OR company_id = tenant())
    WITH CHECK (agency_id = tenant());

-- An organisation is written as itself and read by who shares a link with it; what the subquery sees of link
-- is the tenant's own.
ALTER TABLE organisation ENABLE ROW LEVEL SECURITY;
ALTER TABLE organisation FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON organisation USING (id = tenant()) WITH CHECK (id = tenant());
CREATE POLICY linked ON organisation FOR SELECT USING (
    EXISTS (SELECT FROM link l WHERE l.agency_id = organisation.id)
    OR EXISTS (SELECT FROM link l WHERE l.company_id = organisation.id)
);

-- A person is written as themselves, and read by the organisations that they belong to or reach.
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
ALTER TABLE person FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON person USING (id = tenant()) WITH CHECK (id = tenant());
CREATE POLICY member ON person FOR SELECT USING (EXISTS (SELECT FROM member m WHERE m.person_id = person.id));
CREATE POLICY reaches ON person FOR SELECT USING (
    EXISTS (SELECT FROM access_grant g WHERE g.person_id = person.id AND g.held)
    OR EXISTS (SELECT FROM administration a WHERE a.person_id = person.id)
);

-- What spans tenants, one reviewed function each. The owner is subject to the policies too (FORCE), so they
-- read through policies of the owner's own.
CREATE POLICY lookup ON member FOR SELECT TO access_owner USING (true);
CREATE POLICY lookup ON link FOR SELECT TO access_owner USING (true);
CREATE POLICY lookup ON client FOR SELECT TO access_owner USING (true);
CREATE POLICY lookup ON access_grant FOR SELECT TO access_owner USING (true);
CREATE POLICY lookup ON program_grant FOR SELECT TO access_owner USING (true);
CREATE POLICY lookup ON job FOR SELECT TO access_owner USING (true);

-- May this person use this program at this company (A14)? Null is yes, else the reason why not. A company may
-- have several links and a person several agencies (L17): one way in that is whole is enough, and the reason is
-- that of the way which comes furthest. Nothing but the reason comes out.
CREATE FUNCTION decide(person uuid, company uuid, program text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
#variable_conflict use_column
DECLARE
    furthest integer;
BEGIN
    SELECT max(CASE
        WHEN m.person_id IS NULL THEN 1
        WHEN l.state <> 'live' OR c.state = 'ended' THEN 2
        WHEN c.state <> 'active' THEN 3
        WHEN a.held IS NOT TRUE THEN 4
        WHEN p.held IS NOT TRUE THEN 5
        ELSE 6
    END) INTO furthest
    FROM public.client c
    JOIN public.link l ON l.id = c.link_id
    LEFT JOIN public.member m ON m.organisation_id = c.agency_id AND m.person_id = decide.person
    LEFT JOIN public.access_grant a ON a.link_id = c.link_id AND a.person_id = decide.person
    LEFT JOIN public.program_grant p
        ON p.link_id = c.link_id AND p.person_id = decide.person AND p.program = decide.program
    WHERE c.company_id = decide.company;
    RETURN CASE coalesce(furthest, 0)
        WHEN 0 THEN 'no_such_client'
        WHEN 1 THEN 'not_a_member'
        WHEN 2 THEN 'link_ended'
        WHEN 3 THEN 'not_active'
        WHEN 4 THEN 'no_access'
        WHEN 5 THEN 'no_program'
    END;
END $$;

-- The same for many at once, in their order.
CREATE FUNCTION decide_many(persons uuid[], companies uuid[], programs text[])
    RETURNS TABLE (reason text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC
        SELECT public.decide(q.person, q.company, q.program)
        FROM unnest(persons, companies, programs) WITH ORDINALITY AS q (person, company, program, position)
        ORDER BY q.position;
    END;

-- Jobs that nobody works at now, oldest first: the worker goes on as their agency.
CREATE FUNCTION jobs_to_claim(at_most integer) RETURNS TABLE (agency_id uuid, job_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC
        SELECT j.agency_id, j.id FROM public.job j
        WHERE j.state <> 'finished' AND (j.lease_until IS NULL OR j.lease_until < clock_timestamp())
        ORDER BY j.created_at LIMIT at_most;
    END;
