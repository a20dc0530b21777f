-- What is sent belongs to the trace of what caused it.
ALTER TABLE delivery ADD COLUMN traceparent text;
COMMENT ON COLUMN delivery.traceparent IS 'W3C trace context of what caused it';
ALTER TABLE link_request ADD COLUMN traceparent text;
COMMENT ON COLUMN link_request.traceparent IS 'W3C trace context of its sending, for the reminder';

DROP FUNCTION due_deliveries(uuid[], integer);
CREATE FUNCTION due_deliveries(under_way uuid[], at_most integer)
    RETURNS TABLE (organisation_id uuid, delivery_id uuid, traceparent text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    BEGIN ATOMIC
        SELECT d.organisation_id, d.id, d.traceparent FROM public.delivery d
        WHERE d.state = 'due' AND d.due_at <= now() AND d.id <> ALL (under_way)
        ORDER BY d.due_at LIMIT at_most;
    END;
