-- What signing in needs to know, with the moments that what comes of it bears.
DROP FUNCTION sign_in_facts(text);
CREATE FUNCTION sign_in_facts(login text) RETURNS TABLE (
    person_id uuid, password_hash text, name text, email text, second_factor boolean,
    now timestamptz, business_now timestamptz
) LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    found uuid := person_by_login(login);
BEGIN
    PERFORM set_config('app.tenant', coalesce(found::text, ''), true);
    RETURN QUERY SELECT p.id, p.password_hash, p.name, p.email, EXISTS (
        SELECT FROM second_factor f WHERE f.person_id = p.id AND f.confirmed_at IS NOT NULL
    ), clock_timestamp(), business_now() FROM person p WHERE p.id = found AND p.id = tenant();
END $$;

-- A session begins, and is noted in its person's trail, in one call, by the policies: as so many statements of a
-- transaction it takes longer than all else but the hash. While the person's row is held nobody changes the password,
-- and nobody confirms a second factor: each is looked at by a statement of its own, which sees what is so then. Who holds
-- it for long keeps nobody else waiting: connections are few.
CREATE FUNCTION begin_sign_in(whose uuid, proven text, new_session jsonb, entry jsonb, beside jsonb) RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, public SET lock_timeout = '2s' AS $$
BEGIN
    PERFORM set_config('app.tenant', whose::text, true);
    PERFORM FROM person p WHERE p.id = whose AND p.erased_at IS NULL AND p.password_hash = proven FOR SHARE;
    IF NOT FOUND THEN
        RETURN 'password_changed';
    END IF;
    PERFORM FROM second_factor f WHERE f.person_id = whose AND f.confirmed_at IS NOT NULL;
    IF FOUND THEN
        RETURN 'second_factor_required';
    END IF;
    INSERT INTO session SELECT (jsonb_populate_record(NULL::session, new_session)).*;
    INSERT INTO audit_entry SELECT (jsonb_populate_record(NULL::audit_entry, entry)).*;
    INSERT INTO audit_name SELECT (jsonb_populate_record(NULL::audit_name, beside)).* WHERE beside IS NOT NULL;
    RETURN 'begun';
END $$;

-- Who was invited and never joined has no sign-in to erase themselves with. They are forgotten a month after the last
-- place that they could have joined was gone; `person`: whether it is so of them. Nothing but ids comes out.
ALTER TABLE membership ADD COLUMN ended_at timestamptz;
CREATE INDEX person_without_sign_in ON person (id) WHERE password_hash IS NULL AND NOT operator AND erased_at IS NULL;
CREATE FUNCTION people_never_joined(at_most integer, person uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC
        SELECT p.id FROM public.person p
        WHERE p.password_hash IS NULL AND NOT p.operator AND p.erased_at IS NULL AND (person IS NULL OR p.id = person)
            AND EXISTS (SELECT FROM public.invitation i WHERE i.person_id = p.id)
            AND NOT EXISTS (
                SELECT FROM public.invitation i WHERE i.person_id = p.id
                    AND (i.accepted_at IS NOT NULL OR i.sent_at > public.business_now() - interval '30 days')
            )
            AND NOT EXISTS (
                SELECT FROM public.membership m JOIN public.organisation o ON o.id = m.organisation_id
                WHERE m.person_id = p.id AND (
                    m.ended_at > public.business_now() - interval '30 days'
                    OR m.state <> 'ended' AND (o.state <> 'refused' OR EXISTS (
                        SELECT FROM public.verification v WHERE v.organisation_id = o.id
                            AND v.decided_at > public.business_now() - interval '30 days'
                    ))
                )
            )
        LIMIT at_most;
    END;
