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
