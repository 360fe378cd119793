-- From payloads to an audience.  Run by demo.sh, from this folder, as the
-- owner of the database, who is no superuser.
\set ON_ERROR_STOP on
\pset footer off
\pset null '-'
SET client_min_messages = warning;

CREATE EXTENSION smsengage;
SELECT smsengage.create_store() \g /dev/null

-- Payloads as the providers post them.  The dates of the engagement rows are
-- written as distances from now, so that "the last month" has an answer.
\set ens_batch `cat ens_batch.json`
\set ens_late `cat ens_late.json`
\set iso 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
\set template `cat message_engagement.json`
SET timezone = 'UTC';
SELECT jsonb_agg(item || jsonb_build_object(
		 'EventDateTime', to_char(at, :'iso'),
		 'CreatedTime', to_char(at + interval '2 seconds', :'iso'))
	   ORDER BY ordinality) AS engagement
FROM jsonb_array_elements(:'template') WITH ORDINALITY AS e(item, ordinality),
	 LATERAL (SELECT now() + (item->>'EventDateTime')::interval) AS t(at) \gset

\echo
\echo '== Four deliveries: Salesforce ENS receipts, a late batch, MessageEngagement rows, the first batch again'
CREATE TEMP TABLE delivery (no int, what text, accepted bigint, duplicate bigint, rejected bigint, ignored bigint);
INSERT INTO delivery SELECT 1, 'ENS receipts', r.* FROM smsengage.ingest('salesforce_ens', :'ens_batch') AS r;
INSERT INTO delivery SELECT 2, 'ENS, late and out of order', r.* FROM smsengage.ingest('salesforce_ens', :'ens_late') AS r;
INSERT INTO delivery SELECT 3, 'MessageEngagement rows', r.* FROM smsengage.ingest('salesforce_dmo', :'engagement') AS r;
INSERT INTO delivery SELECT 4, 'ENS receipts, redelivered', r.* FROM smsengage.ingest('salesforce_ens', :'ens_batch') AS r;
SELECT * FROM delivery ORDER BY no;

\echo '== The audience: clicked at least three times in the last month'
SELECT individual_id, count(*) AS clicks, max(event_date_time)::timestamp(0) AS last_click
FROM smsengage.message_engagement
WHERE event_type = 'CLICK'
  AND event_date_time >= now() - interval '1 month'
  AND event_date_time < now()
GROUP BY individual_id
HAVING count(*) >= 3
ORDER BY individual_id;

\echo '== Who just missed it, and why'
SELECT individual_id,
	   count(*) FILTER (WHERE event_date_time >= now() - interval '1 month') AS in_the_last_month,
	   count(*) AS ever
FROM smsengage.message_engagement
WHERE event_type = 'CLICK'
GROUP BY individual_id
HAVING count(*) FILTER (WHERE event_date_time >= now() - interval '1 month') < 3
ORDER BY individual_id;

\echo '== Delivery: what became of each message, whatever order the receipts came in'
SELECT smsengage.status_group(state) AS status, count(*) AS messages
FROM smsengage.message
GROUP BY 1
ORDER BY 1;

\echo '== Engagement by type'
SELECT event_type, count(*) AS events
FROM smsengage.message_engagement
GROUP BY event_type
ORDER BY event_type;

\echo '== What could not be understood is kept once, whole, with the reason'
SELECT provider, reason, left(payload, 60) || '...' AS payload
FROM smsengage.rejected_event;
