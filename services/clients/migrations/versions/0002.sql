-- That a request expires belongs to the trace of its sending.
ALTER TABLE link_request ADD COLUMN traceparent text;
COMMENT ON COLUMN link_request.traceparent IS 'W3C trace context of its last sending';
