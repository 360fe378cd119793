-- The delivery state that one event tells.

CREATE FUNCTION smsengage_internal.event_state(provider text, status_class smallint, status_code text, error_code text, channel text, part smallint, event_time timestamptz, sent_time timestamptz, time_source text)
RETURNS smsengage.delivery_state
AS 'MODULE_PATHNAME', 'sms_event_state' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.event_state(text, smallint, text, text, text, smallint, timestamptz, timestamptz, text) IS 'The delivery state that one stored event gives by itself; NULL for an event that is not a delivery report. merge() over the events of a message is the state of the message. Used by doctor() and rebuild().';

CREATE FUNCTION smsengage_internal.event_is_timeless(provider text, event_type text, event_id text, time_source text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'sms_event_is_timeless' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION smsengage_internal.event_is_timeless(text, text, text, text) IS 'Whether the identity of a stored event surely has no time, by the columns given: then it is one event whatever time it comes with. The provider''s own identity is asked; false where other members of the payload have a say. Used by doctor().';
