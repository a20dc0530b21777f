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
-- and nobody confirms a second factor: each is looked at by a statement of its own, which sees what is so then.
CREATE FUNCTION begin_sign_in(whose uuid, proven text, new_session jsonb, entry jsonb, beside jsonb) RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
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
