-- What follows from the events of reports_load.sql: messages, consent, tallies,
-- and the indexes, as ingestion would have left them.
\set ON_ERROR_STOP on
SET work_mem = '256MB';
SET timezone = 'UTC';
SET client_min_messages = warning;
\timing on

-- one batch after the other, each by key
\echo messages
INSERT INTO smsengage.message (message_key, first_time, last_time, individual_no, account, provider, message_id, recipient, sender_id, bulk_message, price, price_currency, state)
SELECT e.message_key, min(e.event_time), max(e.event_time), max(e.individual_no), max(e.account), 'native', max(e.message_id), max(e.recipient), max(e.sender_id), max(e.bulk_message),
	max(e.price), max(e.price_currency),
	smsengage.merge(smsengage_internal.event_state(e.provider, e.status_class, e.status_code, e.error_code, e.channel, e.part, e.event_time, e.sent_time, e.time_source))
FROM smsengage.event e
WHERE e.status_class IS NOT NULL
GROUP BY e.message_key
ORDER BY date_trunc('minute', min(e.event_time)), e.message_key;

\echo indexes
SELECT coalesce(m.constraint_definition, m.definition) FROM public.made_later m WHERE m.name NOT LIKE '%event_%' ORDER BY m.name \gexec
SELECT coalesce(m.constraint_definition, replace(m.definition, ' ON ONLY ', ' ON ')) FROM public.made_later m WHERE m.name LIKE '%event_%' ORDER BY m.name \gexec
VACUUM ANALYZE smsengage.event, smsengage.message, smsengage.individual;

\echo consent
SELECT smsengage_internal.store_effects(ARRAY(
	SELECT s FROM smsengage_internal.stored_effects('-infinity', 'infinity') s WHERE s.kind IN ('subscribe', 'unsubscribe', 'inbound'))) \g /dev/null
\echo tallies
SELECT smsengage.rebuild_tallies('-infinity', 'infinity') \g /dev/null
\echo outcomes
SELECT smsengage_internal.rebuild_outcomes() \g /dev/null
VACUUM ANALYZE;
