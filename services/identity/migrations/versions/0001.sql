CREATE TABLE organisation (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('agency', 'company')),
    name text NOT NULL,
    country text NOT NULL,
    number text NOT NULL,
    ordinal integer NOT NULL,
    subscription_number text NOT NULL UNIQUE,
    language text NOT NULL,
    state text NOT NULL CHECK (state IN ('in_verification', 'verified')),
    version integer NOT NULL
);
COMMENT ON COLUMN organisation.ordinal IS 'which subscription of its number this is, from 1 on';
CREATE UNIQUE INDEX organisation_number ON organisation (country, number, ordinal);

CREATE TABLE person (
    id uuid PRIMARY KEY,
    name text,
    email text,
    mobile text,
    language text,
    time_zone text,
    password_hash text,
    operator boolean NOT NULL,
    erased_at timestamptz,
    version integer NOT NULL
);
COMMENT ON COLUMN person.email IS 'case-folded';
CREATE UNIQUE INDEX person_email ON person (email);

CREATE TABLE membership (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisation,
    person_id uuid NOT NULL REFERENCES person,
    state text NOT NULL CHECK (state IN ('invited', 'active', 'ended')),
    roles text[] NOT NULL,
    version integer NOT NULL
);
CREATE UNIQUE INDEX membership_once ON membership (organisation_id, person_id) WHERE state <> 'ended';
CREATE INDEX membership_person ON membership (person_id);

CREATE TABLE invitation (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisation,
    membership_id uuid NOT NULL REFERENCES membership DEFERRABLE INITIALLY DEFERRED,
    person_id uuid NOT NULL,
    invited_by uuid NOT NULL,
    generation integer NOT NULL,
    sent_at timestamptz NOT NULL,
    accepted_at timestamptz,
    version integer NOT NULL
);

CREATE TABLE service_account (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    secret_hash bytea NOT NULL,
    scopes text[] NOT NULL
);

ALTER TABLE organisation ENABLE ROW LEVEL SECURITY;
ALTER TABLE organisation FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON organisation USING (id = tenant()) WITH CHECK (id = tenant());

ALTER TABLE membership ENABLE ROW LEVEL SECURITY;
ALTER TABLE membership FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON membership USING (organisation_id = tenant() OR person_id = tenant())
    WITH CHECK (organisation_id = tenant());

ALTER TABLE invitation ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitation FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invitation USING (organisation_id = tenant()) WITH CHECK (organisation_id = tenant());

-- A person is seen by themselves and by the organisations they belong to, and written only as themselves.
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
ALTER TABLE person FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON person USING (id = tenant()) WITH CHECK (id = tenant());
CREATE POLICY member ON person FOR SELECT
    USING (EXISTS (SELECT FROM membership m WHERE m.person_id = person.id AND m.state = 'active'));

ALTER TABLE service_account ENABLE ROW LEVEL SECURITY;
ALTER TABLE service_account FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON service_account USING (id = tenant()) WITH CHECK (id = tenant());

-- What spans tenants, one reviewed function each. The owner is subject to the policies too (FORCE), so each
-- sets the tenant that it is about to look at, or reads through a policy of the owner's own.
CREATE POLICY lookup ON person FOR SELECT TO identity_owner USING (true);
CREATE POLICY lookup ON organisation FOR SELECT TO identity_owner USING (true);
CREATE POLICY lookup ON invitation FOR SELECT TO identity_owner USING (true);
CREATE POLICY lookup ON membership FOR SELECT TO identity_owner USING (true);

-- Sign-in and inviting begin with an address; nothing but the id comes out.
CREATE FUNCTION person_by_email(address text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    RETURN (SELECT id FROM public.person WHERE email = address);

-- Operators belong to no organisation; what they do in one begins with this question.
CREATE FUNCTION is_operator(person uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    RETURN coalesce((SELECT operator FROM public.person p WHERE p.id = person), false);

-- Registering a number that has an account needs an explicit yes (L2).
CREATE FUNCTION subscriptions_of_number(of_country text, of_number text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    RETURN (SELECT count(*) FROM public.organisation WHERE country = of_country AND number = of_number);

-- A mailed link names its invitation only; the tenant is found by it.
CREATE FUNCTION tenant_of_invitation(invitation uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    RETURN (SELECT organisation_id FROM public.invitation i WHERE i.id = invitation);

-- Erasing ends every membership of the person, wherever it is.
CREATE FUNCTION tenants_of_person(person uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC SELECT organisation_id FROM public.membership m WHERE m.person_id = person AND m.state <> 'ended'; END;
