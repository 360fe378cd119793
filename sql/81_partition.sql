-- Partitions of event, as the partitioned table itself knows them.

CREATE FUNCTION smsengage.event_partitions()
RETURNS TABLE (partition regclass, since timestamptz, until timestamptz)
AS 'MODULE_PATHNAME', 'sms_event_partitions' LANGUAGE C STABLE PARALLEL SAFE ROWS 30;
COMMENT ON FUNCTION smsengage.event_partitions() IS 'The partitions of event with the ranges of event_time that they take (since inclusive, until not), in order, whatever they are called and wherever they are; a default partition last, without a range. Raises 42P01 if there is no store.';
