-- A job's events belong to the trace of the request that started it.
ALTER TABLE job ADD COLUMN traceparent text;
COMMENT ON COLUMN job.traceparent IS 'W3C trace context of the request that started it';
