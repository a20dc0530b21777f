-- Organisations: sole traders, verification, whether somebody of their own administers them.
ALTER TABLE organisation
    ADD COLUMN sole_trader boolean NOT NULL DEFAULT false,
    ADD COLUMN without_administrator boolean NOT NULL DEFAULT true,
    DROP CONSTRAINT organisation_state_check,
    ADD CONSTRAINT organisation_state_check CHECK (state IN ('in_verification', 'verified', 'refused'));
COMMENT ON COLUMN organisation.sole_trader IS 'its number is a personal identity number';
COMMENT ON COLUMN organisation.without_administrator IS 'no own system administrator now';
ALTER TABLE organisation NO FORCE ROW LEVEL SECURITY;
ALTER TABLE membership NO FORCE ROW LEVEL SECURITY;
UPDATE organisation o SET without_administrator = false WHERE EXISTS (
    SELECT FROM membership m
    WHERE m.organisation_id = o.id AND m.state = 'active' AND m.roles @> ARRAY['system_administrator']
);
ALTER TABLE organisation FORCE ROW LEVEL SECURITY;
ALTER TABLE membership FORCE ROW LEVEL SECURITY;

CREATE TABLE sole_trader (
    id uuid PRIMARY KEY REFERENCES organisation,
    version integer NOT NULL
);
COMMENT ON COLUMN sole_trader.id IS 'the organisation';

CREATE TABLE verification (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisation,
    kind text NOT NULL CHECK (kind IN ('registration', 'number')),
    country text NOT NULL,
    number text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'verified', 'refused', 'withdrawn')),
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    decided_by text,
    decided_at timestamptz,
    reason text,
    version integer NOT NULL,
    CHECK ((state = 'pending') = (decided_at IS NULL)),
    CHECK ((state = 'refused') = (reason IS NOT NULL))
);
COMMENT ON COLUMN verification.kind IS 'registration or number';
COMMENT ON COLUMN verification.requested_by IS 'the actor, as the audit trail names it';
COMMENT ON COLUMN verification.reason IS 'a code, where it was refused';
CREATE UNIQUE INDEX verification_pending ON verification (organisation_id) WHERE state = 'pending';
CREATE INDEX verification_waiting ON verification (requested_at, id) WHERE state = 'pending';
CREATE INDEX verification_organisation ON verification (organisation_id, requested_at);

-- People and their places.
ALTER TABLE person
    ADD COLUMN pending_email text,
    ADD COLUMN email_change_id uuid,
    ADD CONSTRAINT person_pending_email CHECK ((pending_email IS NULL) = (email_change_id IS NULL));
COMMENT ON COLUMN person.pending_email IS 'case-folded; not confirmed at both addresses yet';
COMMENT ON COLUMN person.email_change_id IS 'the change that pending_email belongs to';
COMMENT ON COLUMN person.mobile IS 'E.164';
COMMENT ON COLUMN person.password_hash IS 'argon2id; null: no sign-in';
CREATE INDEX person_operator ON person (id) WHERE operator;

ALTER TABLE membership
    ADD COLUMN apps text[] NOT NULL DEFAULT '{}',
    ADD COLUMN username text,
    ADD COLUMN leaving_since timestamptz;
COMMENT ON COLUMN membership.apps IS 'apps that come with the membership (I8): receipts';
COMMENT ON COLUMN membership.username IS 'case-folded; of who was invited as client user (I8)';
COMMENT ON COLUMN membership.leaving_since IS
    'has left; the role of system administrator alone stays until a successor is named (I13)';
CREATE UNIQUE INDEX membership_username ON membership (username) WHERE username IS NOT NULL;

ALTER TABLE invitation
    ADD COLUMN by_service boolean NOT NULL DEFAULT false,
    ADD COLUMN apps text[] NOT NULL DEFAULT '{}',
    ADD COLUMN agency_id uuid,
    ADD COLUMN name text,
    ADD COLUMN email text;
COMMENT ON COLUMN invitation.agency_id IS 'of whose people invited_by is one, where they invited a client user (I8)';
COMMENT ON COLUMN invitation.name IS 'as whoever invites typed it; null once it is over';
COMMENT ON COLUMN invitation.email IS 'as whoever invites typed it, case-folded; null once it is over';
COMMENT ON COLUMN invitation.invited_by IS 'a person, or a service account';
COMMENT ON COLUMN invitation.by_service IS 'invited_by is a service account';
COMMENT ON COLUMN invitation.apps IS 'apps that it invites to (I8): receipts';
CREATE INDEX invitation_person ON invitation (person_id);
CREATE INDEX invitation_open ON invitation (organisation_id, sent_at, id) WHERE accepted_at IS NULL;
-- Whom an invitation was sent to may read that it was (GDPR, article 15).
CREATE POLICY own ON invitation FOR SELECT USING (person_id = tenant());

-- Copies of what access tells.
CREATE TABLE client (
    link_id uuid PRIMARY KEY,
    agency_id uuid NOT NULL,
    company_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('eligible', 'active', 'ended'))
);
CREATE INDEX client_agency ON client (agency_id, company_id);
CREATE INDEX client_company ON client (company_id);

CREATE TABLE administration (
    link_id uuid NOT NULL REFERENCES client,
    person_id uuid NOT NULL,
    agency_id uuid NOT NULL,
    company_id uuid NOT NULL,
    roles text[] NOT NULL,
    PRIMARY KEY (link_id, person_id)
);
CREATE INDEX administration_person ON administration (person_id, agency_id);

-- What people sign in with, and how it is put right.
CREATE TABLE second_factor (
    person_id uuid PRIMARY KEY REFERENCES person,
    secret bytea NOT NULL,
    confirmed_at timestamptz,
    last_step bigint NOT NULL DEFAULT 0
);
COMMENT ON COLUMN second_factor.secret IS 'sealed with the key secret';
COMMENT ON COLUMN second_factor.confirmed_at IS 'null: shown to the person, not yet in use';
COMMENT ON COLUMN second_factor.last_step IS 'of the last code taken: a code is good once';

CREATE TABLE recovery_code (
    person_id uuid NOT NULL REFERENCES person,
    code_hash bytea NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (person_id, code_hash)
);

CREATE TABLE password_reset (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,
    requested_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    version integer NOT NULL
);
CREATE INDEX password_reset_person ON password_reset (person_id, requested_at);

CREATE TABLE email_change (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,
    requested_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    old_confirmed_at timestamptz,
    new_confirmed_at timestamptz,
    settled_at timestamptz,
    state text NOT NULL CHECK (state IN ('pending', 'done', 'cancelled', 'expired')),
    version integer NOT NULL,
    CHECK ((state = 'pending') = (settled_at IS NULL))
);
CREATE UNIQUE INDEX email_change_pending ON email_change (person_id) WHERE state = 'pending';

CREATE TABLE failures (
    bucket bytea PRIMARY KEY,
    count integer NOT NULL,
    ends_at timestamptz NOT NULL
);
COMMENT ON COLUMN failures.bucket IS 'keyed hash of an address, an account, a device';
COMMENT ON COLUMN failures.ends_at IS 'real time, from which on they do not count any more';
CREATE INDEX failures_ends_at ON failures (ends_at);

-- Programs, sessions, keys.
CREATE TABLE program (
    id text PRIMARY KEY CHECK (id ~ '^[a-z][a-z0-9-]{0,63}$' AND id <> 'fullmakt'),
    name text NOT NULL,
    launch_url text NOT NULL,
    redirect_uris text[] NOT NULL CHECK (cardinality(redirect_uris) > 0),
    post_logout_redirect_uris text[] NOT NULL,
    secret_hash bytea
);
COMMENT ON COLUMN program.id IS 'also its client_id, and the audience of its tokens';
COMMENT ON COLUMN program.secret_hash IS 'null: a public client, which has PKCE alone';

CREATE TABLE session (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,
    kind text NOT NULL CHECK (kind IN ('sign_in', 'program')),
    parent_id uuid REFERENCES session,
    token_hash bytea,
    authenticated_at timestamptz NOT NULL,
    methods text[] NOT NULL,
    created_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by text,
    user_agent text,
    address text,
    program text,
    scopes text[] NOT NULL,
    company_id uuid,
    agency_id uuid,
    link_id uuid,
    version integer NOT NULL,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CHECK ((kind = 'sign_in') = (parent_id IS NULL)),
    CHECK ((kind = 'sign_in') = (token_hash IS NOT NULL)),
    CHECK ((kind = 'program') = (program IS NOT NULL)),
    CHECK (company_id IS NOT NULL OR (agency_id IS NULL AND link_id IS NULL)),
    CHECK ((agency_id IS NULL) = (link_id IS NULL))
);
COMMENT ON COLUMN session.parent_id IS 'the sign-in of a program session';
COMMENT ON COLUMN session.token_hash IS 'of the opaque token that a sign-in is used by';
COMMENT ON COLUMN session.methods IS 'amr of RFC 8176: pwd, otp, mfa';
COMMENT ON COLUMN session.ended_by IS 'why, as a code';
COMMENT ON COLUMN session.address IS 'where it was begun from';
COMMENT ON COLUMN session.company_id IS 'the client acted for';
COMMENT ON COLUMN session.agency_id IS 'null: an own user of the company';
CREATE INDEX session_person ON session (person_id) WHERE ended_at IS NULL;
CREATE INDEX session_parent ON session (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX session_ended ON session (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX session_link ON session (link_id) WHERE link_id IS NOT NULL AND ended_at IS NULL;

-- Whoever tells of ended sessions is woken; looking each moment is the truth.
CREATE FUNCTION notify_session_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('session_ended', '');
    RETURN NULL;
END $$;
CREATE TRIGGER session_ended AFTER UPDATE OF ended_at ON session
    FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION notify_session_ended();

CREATE TABLE authorization_code (
    session_id uuid PRIMARY KEY REFERENCES session,
    person_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    redirect_uri text NOT NULL,
    code_challenge text NOT NULL,
    nonce text,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

CREATE TABLE refresh_token (
    id uuid PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES session,
    person_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    issued_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX refresh_token_session ON refresh_token (session_id);

CREATE TABLE signing_key (
    kid text PRIMARY KEY,
    private_key bytea NOT NULL,
    public_key jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    signs_from timestamptz NOT NULL,
    retired_at timestamptz
);
COMMENT ON COLUMN signing_key.private_key IS 'PEM, sealed with the key secret';
COMMENT ON COLUMN signing_key.public_key IS 'JWK (RFC 7517)';
COMMENT ON COLUMN signing_key.retired_at IS 'from then on it is not published any more';

ALTER TABLE service_account
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN revoked_at timestamptz;

-- One tenant's rows: an organisation's, or a person's own.
ALTER TABLE sole_trader ENABLE ROW LEVEL SECURITY;
ALTER TABLE sole_trader FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON sole_trader USING (id = tenant()) WITH CHECK (id = tenant());

ALTER TABLE verification ENABLE ROW LEVEL SECURITY;
ALTER TABLE verification FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON verification USING (organisation_id = tenant()) WITH CHECK (organisation_id = tenant());
CREATE POLICY lookup ON verification FOR SELECT TO identity_owner USING (true);

ALTER TABLE client ENABLE ROW LEVEL SECURITY;
ALTER TABLE client FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON client USING (agency_id = tenant() OR company_id = tenant())
    WITH CHECK (agency_id = tenant());

ALTER TABLE administration ENABLE ROW LEVEL SECURITY;
ALTER TABLE administration FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON administration USING (agency_id = tenant() OR company_id = tenant())
    WITH CHECK (agency_id = tenant());

ALTER TABLE second_factor ENABLE ROW LEVEL SECURITY;
ALTER TABLE second_factor FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON second_factor USING (person_id = tenant()) WITH CHECK (person_id = tenant());

ALTER TABLE recovery_code ENABLE ROW LEVEL SECURITY;
ALTER TABLE recovery_code FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON recovery_code USING (person_id = tenant()) WITH CHECK (person_id = tenant());

ALTER TABLE password_reset ENABLE ROW LEVEL SECURITY;
ALTER TABLE password_reset FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON password_reset USING (person_id = tenant()) WITH CHECK (person_id = tenant());

ALTER TABLE email_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE email_change FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON email_change USING (person_id = tenant()) WITH CHECK (person_id = tenant());
CREATE POLICY lookup ON email_change FOR SELECT TO identity_owner USING (true);

ALTER TABLE session ENABLE ROW LEVEL SECURITY;
ALTER TABLE session FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON session USING (person_id = tenant()) WITH CHECK (person_id = tenant());
CREATE POLICY lookup ON session FOR SELECT TO identity_owner USING (true);
CREATE POLICY lookup ON service_account FOR SELECT TO identity_owner USING (true);

ALTER TABLE authorization_code ENABLE ROW LEVEL SECURITY;
ALTER TABLE authorization_code FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON authorization_code USING (person_id = tenant()) WITH CHECK (person_id = tenant());

ALTER TABLE refresh_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE refresh_token FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON refresh_token USING (person_id = tenant()) WITH CHECK (person_id = tenant());

-- What spans tenants, one reviewed function each.

-- Who signs in gives an address, or the username of a client user (I8); nothing but the id comes out.
CREATE FUNCTION person_by_login(login text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    RETURN coalesce(
        (SELECT p.id FROM public.person p WHERE p.email = login),
        (SELECT m.person_id FROM public.membership m WHERE m.username = login AND m.state = 'active')
    );

-- What signing in needs to know, in one call: the person's own row, read as themselves, by the policies.
CREATE FUNCTION sign_in_facts(login text)
    RETURNS TABLE (person_id uuid, password_hash text, name text, email text, second_factor boolean)
    LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    found uuid := person_by_login(login);
BEGIN
    PERFORM set_config('app.tenant', coalesce(found::text, ''), true);
    RETURN QUERY SELECT p.id, p.password_hash, p.name, p.email, EXISTS (
        SELECT FROM second_factor f WHERE f.person_id = p.id AND f.confirmed_at IS NOT NULL
    ) FROM person p WHERE p.id = found AND p.id = tenant();
END $$;

-- Changes of address that nobody confirmed in time are settled, whosever they are: nothing but ids comes out.
CREATE FUNCTION email_changes_expired(at_most integer) RETURNS TABLE (person_id uuid, email_change_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC
        SELECT c.person_id, c.id FROM public.email_change c
        WHERE c.state = 'pending' AND c.expires_at <= public.business_now()
        ORDER BY c.expires_at LIMIT at_most;
    END;

-- Every service has to know which sessions ended lately, and which service accounts were revoked: nothing but their
-- ids comes out.
CREATE FUNCTION sessions_ended_since(moment timestamptz) RETURNS TABLE (id uuid, ended_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC
        SELECT s.id, s.ended_at FROM public.session s WHERE s.ended_at > moment
        UNION ALL
        SELECT a.id, a.revoked_at FROM public.service_account a WHERE a.revoked_at > moment;
    END;

-- Registering a number that has an account needs an explicit yes (L2); what was refused is no account.
CREATE OR REPLACE FUNCTION subscriptions_of_number(of_country text, of_number text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    RETURN (SELECT count(*) FROM public.organisation
        WHERE country = of_country AND number = of_number AND state <> 'refused');

-- Which subscription of its number a new one is: numbers change, so that there may be fewer than were counted.
CREATE FUNCTION last_ordinal_of_number(of_country text, of_number text) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    RETURN (SELECT coalesce(max(ordinal), 0) FROM public.organisation WHERE country = of_country AND number = of_number);

-- What waits to be verified, the longest waiting first, for the back office: ids and since when, and no more.
CREATE FUNCTION pending_verifications(after_at timestamptz, after_id uuid, at_most integer)
    RETURNS TABLE (id uuid, organisation_id uuid, requested_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC
        SELECT v.id, v.organisation_id, v.requested_at FROM public.verification v
        WHERE v.state = 'pending' AND (after_at IS NULL OR (v.requested_at, v.id) > (after_at, after_id))
        ORDER BY v.requested_at, v.id LIMIT at_most;
    END;

-- Operators belong to no organisation; who they are is asked by one of them, or to keep one of them.
CREATE FUNCTION operators() RETURNS TABLE (id uuid, name text, email text, has_sign_in boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC
        SELECT p.id, p.name, p.email, p.password_hash IS NOT NULL FROM public.person p WHERE p.operator;
    END;

-- Service accounts are tenants of their own; operators see which there are. No hash of a secret comes out.
CREATE FUNCTION service_accounts()
    RETURNS TABLE (id uuid, name text, scopes text[], created_at timestamptz, revoked_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC SELECT a.id, a.name, a.scopes, a.created_at, a.revoked_at FROM public.service_account a; END;
-- Clients that a person of the agency administers, by the copies, and that have no user of their own (I9). The agency
-- is the tenant, so its own rows alone say which clients; of these come out the details that it may administer.
CREATE FUNCTION clients_without_users(person uuid, sought text, after_name text, after_link uuid, at_most integer)
    RETURNS TABLE (
        link_id uuid, company_id uuid, name text, country text, number text, sole_trader boolean, language text
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC
        SELECT a.link_id, o.id, o.name, o.country, o.number, o.sole_trader, o.language
        FROM public.administration a
        JOIN public.client c ON c.link_id = a.link_id AND c.state = 'active'
        JOIN public.organisation o ON o.id = a.company_id
        WHERE a.agency_id = public.tenant() AND a.person_id = person AND a.roles @> ARRAY['system_administrator']
            AND EXISTS (
                SELECT FROM public.membership m
                WHERE m.organisation_id = a.agency_id AND m.person_id = person
                    AND m.state = 'active' AND m.leaving_since IS NULL
            )
            AND NOT EXISTS (
                SELECT FROM public.membership m WHERE m.organisation_id = a.company_id AND m.state <> 'ended'
            )
            AND (sought = '' OR strpos(lower(o.name), lower(sought)) > 0)
            AND (after_name IS NULL OR (o.name, a.link_id) > (after_name, after_link))
        ORDER BY o.name, a.link_id LIMIT at_most;
    END;

-- Own users at such clients who were not yet invited to the app (I9): with name and address, since whoever asks
-- administers the users there. Nobody comes out who has not joined, or is about to leave.
CREATE FUNCTION own_users_without_app(
    person uuid, app text, sought text, after_name text, after_person uuid, after_link uuid, at_most integer
)
    RETURNS TABLE (
        link_id uuid, company_id uuid, name text, country text, number text, sole_trader boolean, language text,
        person_id uuid, person_name text, email text
    )
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC
        SELECT a.link_id, o.id, o.name, o.country, o.number, o.sole_trader, o.language, p.id, p.name, p.email
        FROM public.administration a
        JOIN public.client c ON c.link_id = a.link_id AND c.state = 'active'
        JOIN public.organisation o ON o.id = a.company_id
        JOIN public.membership u ON u.organisation_id = a.company_id AND u.state = 'active'
            AND u.leaving_since IS NULL AND NOT u.apps @> ARRAY[app]
        JOIN public.person p ON p.id = u.person_id
        WHERE a.agency_id = public.tenant() AND a.person_id = person AND a.roles @> ARRAY['system_administrator']
            AND EXISTS (
                SELECT FROM public.membership m
                WHERE m.organisation_id = a.agency_id AND m.person_id = person
                    AND m.state = 'active' AND m.leaving_since IS NULL
            )
            AND (
                sought = '' OR strpos(lower(o.name), lower(sought)) > 0
                OR strpos(lower(coalesce(p.name, '')), lower(sought)) > 0
            )
            AND (
                after_name IS NULL
                OR (coalesce(p.name, ''), p.id, a.link_id) > (after_name, after_person, after_link)
            )
        ORDER BY coalesce(p.name, ''), p.id, a.link_id LIMIT at_most;
    END;

-- Which of these usernames somebody has already, at whatever organisation: nobody is named.
CREATE FUNCTION usernames_taken(candidates text[]) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC SELECT m.username FROM public.membership m WHERE m.username = ANY (candidates); END;
-- A link that ended ends what hung on it, a program that is removed who is there, whoever they are: only ids come out.
CREATE FUNCTION sessions_through_link(link uuid) RETURNS TABLE (person_id uuid, session_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC
        SELECT s.person_id, s.id FROM public.session s WHERE s.link_id = link AND s.ended_at IS NULL
        ORDER BY s.person_id, s.id;
    END;
CREATE FUNCTION sessions_at_program(of_program text) RETURNS TABLE (person_id uuid, session_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC
        SELECT s.person_id, s.id FROM public.session s WHERE s.program = of_program AND s.ended_at IS NULL
        ORDER BY s.person_id, s.id;
    END;

-- What is long over is forgotten, whosever it was: where somebody signed in from is kept for a month and no longer.
CREATE INDEX session_expires ON session (expires_at);
CREATE INDEX password_reset_expires ON password_reset (expires_at);
CREATE INDEX email_change_settled ON email_change (settled_at) WHERE settled_at IS NOT NULL;
CREATE POLICY sweep ON session FOR DELETE TO identity_owner USING (true);
CREATE POLICY sweep ON refresh_token TO identity_owner USING (true);
CREATE POLICY sweep ON authorization_code TO identity_owner USING (true);
CREATE POLICY sweep ON password_reset TO identity_owner USING (true);
CREATE POLICY sweep ON email_change FOR DELETE TO identity_owner USING (true);
CREATE FUNCTION forget_sessions(before timestamptz, at_most integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    over uuid[];
BEGIN
    SELECT array_agg(s.id) INTO over FROM (
        SELECT id FROM public.session s
        WHERE s.expires_at < before
            AND NOT EXISTS (SELECT FROM public.session child WHERE child.parent_id = s.id AND child.expires_at >= before)
        ORDER BY s.expires_at LIMIT at_most
    ) s;
    DELETE FROM public.refresh_token WHERE session_id IN (
        SELECT id FROM public.session WHERE id = ANY (over) OR parent_id = ANY (over)
    );
    DELETE FROM public.authorization_code WHERE session_id IN (
        SELECT id FROM public.session WHERE id = ANY (over) OR parent_id = ANY (over)
    );
    DELETE FROM public.session WHERE parent_id = ANY (over);
    DELETE FROM public.session WHERE id = ANY (over);
    DELETE FROM public.password_reset WHERE expires_at < before;
    DELETE FROM public.email_change WHERE settled_at < before;
END $$;
