-- Who has left but is their agency's only administrator stays a member there, and gets nothing at clients (I13).
ALTER TABLE member ADD COLUMN leaving boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN member.leaving IS 'has left and awaits a successor (I13): gets nothing at clients';

-- What an agency person holds at companies, by links that are live and clients that are active (I4, I7, I8): identity
-- asks before it lets them act there. Of other people and other companies nothing comes out.
CREATE POLICY lookup ON administration FOR SELECT TO access_owner USING (true);
CREATE FUNCTION administration_of(person uuid, companies uuid[])
    RETURNS TABLE (company_id uuid, agency_id uuid, link_id uuid, roles text[])
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC
        SELECT a.company_id, a.agency_id, a.link_id, a.roles
        FROM public.administration a
        JOIN public.client c ON c.link_id = a.link_id AND c.state = 'active'
        JOIN public.link l ON l.id = a.link_id AND l.state = 'live'
        JOIN public.member m ON m.organisation_id = a.agency_id AND m.person_id = a.person_id
        WHERE a.person_id = person AND a.company_id = ANY (companies)
        ORDER BY a.company_id, a.link_id;
    END;
-- As `decide`, and by which link: of several that are whole, the one that was activated first, so that it stays the same.
CREATE FUNCTION way_in(person uuid, company uuid, program text, OUT reason text, OUT agency_id uuid, OUT link_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
#variable_conflict use_column
BEGIN
    reason := public.decide(way_in.person, way_in.company, way_in.program);
    IF reason IS NULL THEN
        SELECT c.agency_id, c.link_id INTO STRICT agency_id, link_id
        FROM public.client c
        JOIN public.link l ON l.id = c.link_id AND l.state = 'live'
        JOIN public.member m ON m.organisation_id = c.agency_id AND m.person_id = way_in.person
        JOIN public.access_grant a ON a.link_id = c.link_id AND a.person_id = way_in.person AND a.held
        JOIN public.program_grant p
            ON p.link_id = c.link_id AND p.person_id = way_in.person AND p.program = way_in.program AND p.held
        WHERE c.company_id = way_in.company AND c.state = 'active'
        ORDER BY c.activated_at, c.link_id LIMIT 1;
    END IF;
END $$;
