-- Every number of the reports is in the dictionary; views have plain types and comments.
\pset format unaligned
\pset null '-'
SELECT smsengage.create_store();
SELECT count(*) > 50 AS many, count(DISTINCT metric) = count(*) AS once, count(*) FILTER (WHERE unit = 'ratio' AND (numerator IS NULL OR denominator IS NULL)) AS rates_without_parts,
	count(*) FILTER (WHERE formula IS NULL OR unit IS NULL OR date_basis IS NULL) AS gaps FROM smsengage.metric_dictionary;
SELECT DISTINCT unit FROM smsengage.metric_dictionary ORDER BY 1;
SELECT date_basis, count(*) FROM smsengage.metric_dictionary GROUP BY 1 ORDER BY 1;
-- columns of the reports that are no keys and not in it: none
WITH report AS (
	SELECT p.oid, p.proname, a.name, a.type
	FROM pg_proc p, LATERAL unnest(p.proargnames, p.proargmodes, p.proallargtypes) a(name, mode, type)
	WHERE p.pronamespace = 'smsengage'::regnamespace AND a.mode = 't'
		AND p.proname IN ('daily_report', 'daily_event_report', 'campaign_report', 'sender_report', 'country_report', 'provider_report', 'link_report', 'cost_report', 'time_to_deliver', 'engagement_report', 'click_hours', 'response_report', 'block_report', 'failure_report')
)
SELECT (SELECT count(*) FROM report) > 150 AS many, r.proname, r.name FROM report r
WHERE r.type IN ('bigint'::regtype, 'numeric'::regtype) AND NOT EXISTS (SELECT FROM smsengage.metric_dictionary d WHERE d.metric = r.name);
-- numerators and denominators that are columns stand in the same report
SELECT p.proname, d.metric, x.part
FROM pg_proc p JOIN smsengage.metric_dictionary d ON d.metric = ANY (p.proargnames), LATERAL (VALUES (d.numerator), (d.denominator)) x(part)
WHERE p.pronamespace = 'smsengage'::regnamespace AND p.proname IN ('daily_report', 'campaign_report', 'sender_report', 'country_report', 'provider_report', 'cost_report', 'time_to_deliver', 'link_report', 'daily_event_report', 'response_report', 'block_report', 'failure_report')
	AND EXISTS (SELECT FROM smsengage.metric_dictionary k WHERE k.metric = x.part) AND x.part <> ALL (p.proargnames);
-- send date and event date are never under one name
SELECT metric FROM smsengage.metric_dictionary WHERE (date_basis = 'event date') <> (metric ~ '_by_event_date$' OR metric IN ('clicks', 'unique_clickers', 'human_clicks', 'human_clickers', 'replies', 'subscribes', 'unsubscribes',
	'helps', 'opt_ins', 'opt_outs', 'list_growth', 'confirmations', 'events', 'individuals', 'click_rate', 'unsubscribe_rate'));
-- every rate of every report and view is in it, with both parts beside it
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind = 'v' AND c.relname ~ '_metrics$' AND a.attname ~ '(_rate|_share|_rate_low|_rate_high|_settled|_by_event_date|^cost_per_.*|^within_.*)$'
	AND NOT EXISTS (SELECT FROM smsengage.metric_dictionary d WHERE d.metric = a.attname
		AND (d.unit NOT IN ('ratio') OR EXISTS (SELECT FROM pg_attribute x WHERE x.attrelid = c.oid AND x.attname = d.numerator) AND EXISTS (SELECT FROM pg_attribute x WHERE x.attrelid = c.oid AND x.attname = d.denominator)));

-- views: plain types, numeric with a size, comments on the view and every column, which do not only repeat the name
SELECT count(*) > 25 AS many_views FROM pg_class WHERE relnamespace = 'smsengage'::regnamespace AND relkind = 'v';
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS type
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind = 'v'
	AND (a.atttypid NOT IN ('text'::regtype, 'integer'::regtype, 'smallint'::regtype, 'bigint'::regtype, 'numeric'::regtype, 'boolean'::regtype, 'date'::regtype, 'timestamptz'::regtype)
		OR a.atttypid = 'numeric'::regtype AND a.atttypmod = -1)
ORDER BY 1, 2;
SELECT c.relname, a.attname FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND coalesce(col_description(c.oid, a.attnum), '') = ''
WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind = 'v' AND (a.attname IS NOT NULL OR obj_description(c.oid, 'pg_class') IS NULL) ORDER BY 1, 2;
-- one thing has one type everywhere; masked views have tags of keys
SELECT a.attname, count(DISTINCT a.atttypid) AS types, string_agg(DISTINCT format_type(a.atttypid, NULL), ', ') AS which
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind = 'v' AND c.relname !~ '_masked$' AND a.attname IN ('message_key', 'event_key', 'individual_no', 'individual_id', 'account', 'recipient', 'sender_id', 'bulk_message', 'provider', 'channel',
	'message_id', 'send_time', 'send_date', 'status_group', 'price_currency', 'clicks', 'sent', 'delivered')
GROUP BY 1 HAVING count(DISTINCT a.atttypid) > 1 ORDER BY 1;
-- an absurd price spoils its own row only
SELECT smsengage.ingest('native', '{"event_type":"SENT","message_id":"m1","event_time":"2026-03-10T10:00:00Z","price":1e90,"price_currency":"EUR"}{"event_type":"SENT","message_id":"m2","event_time":"2026-03-10T10:00:00Z","price":0.01,"price_currency":"EUR"}');
SELECT message_id, price, cost FROM smsengage.message_summary ORDER BY 1;
SELECT messages, cost FROM smsengage.status_group_summary;
-- every view can be read
DO $$
DECLARE
	v regclass;
BEGIN
	FOR v IN SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind = 'v' LOOP
		EXECUTE format('SELECT count(*) FROM (SELECT * FROM %s OFFSET 0) x', v);
	END LOOP;
END
$$;
-- and made again
SELECT smsengage.migrate();
SELECT smsengage.drop_store(true);
