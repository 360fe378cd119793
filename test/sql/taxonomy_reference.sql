-- Delivery issues, categories, block codes, channels and event types.
\pset null -

-- Intercom's eight reasons.
SELECT issue_no, issue, kind, retryable FROM smsengage.delivery_issue_reason;
SELECT issue_no, meaning, possible_fix FROM smsengage.delivery_issue_reason;

-- A reason is found in any typography, and only whole.
SELECT reason, (smsengage.delivery_issue('intercom', reason)).issue
FROM (VALUES
	('Recipient''s country is unsupported.'),
	('Recipient’s country is unsupported.'),
	('“Recipient’s country is unsupported.”'),
	('"Recipient''s country is unsupported."'),
	('‘recipient‘s country is unsupported’'),
	('RECIPIENT''S COUNTRY IS UNSUPPORTED'),
	(E'  Recipient was\n'),
	(E' \t“Recipient number was unreachable” . \n'),
	('Too many messages scheduled – please contact support.'),
	('Something went wrong — please contact support'),
	('Something went wrong'),
	('Recipients country is unsupported.'),
	('Recipient number was unreachable. Twice.'),
	(repeat('.', 200)), ('“”'), (''), ('E2 80'), (E'â€™'), ('…'),
	('Recipient number was unreachable' || repeat(' ', 200))) AS v(reason);
-- Every issue is found by its own text, also with another provider.
SELECT count(*) FILTER (WHERE (smsengage.delivery_issue('intercom', issue)).issue = issue) AS intercom,
	   count(*) FILTER (WHERE (smsengage.delivery_issue('twilio', '“' || rtrim(issue, '.') || '”')).issue = issue) AS twilio,
	   count(*) FILTER (WHERE smsengage.status_class('intercom', 'error', NULL, issue) IN ('not_sent', 'undelivered')) AS code
FROM smsengage.delivery_issue_reason;
-- Unsubscribed is consent: it never blocks a number, of whatever provider.
SELECT count(*) AS opt_outs, count(block_code) AS blocking, count(*) FILTER (WHERE issue IS DISTINCT FROM 5) AS not_issue_5
FROM smsengage.status_code WHERE opt_out IS NOT NULL AND NOT (provider = 'intercom' AND event_class = 'status');

-- Codes and names of any provider lead to an issue.  A number that is an
-- error and a status is the error; the long form tells them apart.  What is
-- permanent, blocklisted or gone is not worth a retry.
SELECT provider, reason, d.issue, d.retryable
FROM (VALUES ('twilio', '30006'), ('twilio', '21610'), ('twilio', '30007'), ('salesforce_ens', '4504'), ('salesforce_ens', '44'),
			 ('salesforce_ens', '1000'), ('salesforce_ens', 'Expired'), ('infobip', '27'), ('infobip', 'EC_ABSENT_SUBSCRIBER'),
			 ('infobip', 'rejected_flooding_filter'), ('infobip', '10'), ('infobip', '0'), ('infobip', '5'), ('infobip', '99999'),
			 ('engagelab', '5017'), ('engagelab', 'delivered_failed'), ('aws', 'TEXT_CARRIER_UNREACHABLE'), ('native', '500'),
			 ('native', '501'), ('infobip', '628'), ('infobip', '2050'), ('infobip', '1'), ('engagelab', '5020'),
			 ('engagelab', '5013')) AS v(provider, reason),
	 LATERAL smsengage.delivery_issue(provider, reason) AS d;
SELECT event_class, d.issue
FROM (VALUES ('status', '10'), ('error', '10')) AS v(event_class, code),
	 LATERAL smsengage.delivery_issue('infobip', event_class, NULL, code) AS d;
SELECT (smsengage.delivery_issue('salesforce_ens', 'SmsNotSent', NULL, '1000')).issue AS not_sent,
	   (smsengage.delivery_issue('salesforce_ens', 'SmsTransient', NULL, '1000')).issue AS transient;
SELECT smsengage.delivery_issue('infobip', NULL) IS NULL AS null_reason;
SELECT * FROM smsengage.delivery_issue('infobip', 'status', 3, NULL);
SELECT * FROM smsengage.delivery_issue('nobody', '1');

-- Failures without an issue are those that nobody has to repair.
SELECT provider, event_class, code, name
FROM smsengage.status_code
WHERE category IN ('Process failed', 'Send failed') AND issue IS NULL AND provider NOT IN ('salesforce_ens', 'native')
ORDER BY 1, 2, length(code), code;

-- EngageLab's categories: five, eight and ten.
TABLE smsengage.status_category;
SELECT count(DISTINCT category) AS categories,
	   count(subcategory) FILTER (WHERE category = 'Process failed') AS process_failed,
	   count(subcategory) FILTER (WHERE category = 'Send failed') AS send_failed
FROM smsengage.status_categories();
-- Every code's category is one of them, and its subcategory belongs to it.
SELECT c.provider, c.event_class, c.code, c.category, c.subcategory
FROM smsengage.status_code AS c
WHERE c.category IS NOT NULL
AND NOT EXISTS (SELECT FROM smsengage.status_category AS s
				WHERE (s.category, s.subcategory) IS NOT DISTINCT FROM (c.category, c.subcategory));

-- The block list codes; 0 never blocks.
SELECT * FROM smsengage.block_codes();
TABLE smsengage.block_code_default;
-- A day of the 30 is a day, not 24 hours.
SELECT '2026-03-01 12:00+00'::timestamptz AT TIME ZONE 'UTC' + block_interval AS until
FROM smsengage.block_codes() WHERE code = 500;
-- Codes in use, by provider; nothing that was never given to a channel
-- blocks, but for the lists that Infobip keeps; nor does an expired message.
SELECT block_code, count(*) FILTER (WHERE provider = 'infobip') AS infobip, count(*) FILTER (WHERE provider = 'salesforce_ens') AS ens,
	   count(*) FILTER (WHERE provider = 'engagelab') AS engagelab, count(*) FILTER (WHERE provider = 'twilio') AS twilio,
	   count(*) FILTER (WHERE provider = 'aws') AS aws, count(*) FILTER (WHERE provider = 'intercom') AS intercom,
	   count(*) FILTER (WHERE provider = 'native') AS native
FROM smsengage.status_code WHERE block_code IS NOT NULL GROUP BY 1 ORDER BY 1;
SELECT provider, event_class, code, name, block_code FROM smsengage.status_code
WHERE block_code IS NOT NULL AND status_class <> 'undelivered';

SELECT string_agg(c, ' ') AS channels FROM smsengage.channels() AS c;
TABLE smsengage.event_type_reference;

-- Every object and column has a comment; views show plain types only; the
-- functions are pure and usable in parallel.
SELECT count(*) AS views, count(obj_description(c.oid, 'pg_class')) AS commented
FROM pg_class AS c WHERE c.oid IN ('smsengage.status_code'::regclass, 'smsengage.delivery_issue_reason'::regclass,
	'smsengage.status_category'::regclass, 'smsengage.block_code_default'::regclass, 'smsengage.event_type_reference'::regclass);
SELECT attrelid::regclass, attname, format_type(atttypid, atttypmod)
FROM pg_attribute WHERE attrelid IN ('smsengage.status_code'::regclass, 'smsengage.delivery_issue_reason'::regclass,
	'smsengage.status_category'::regclass, 'smsengage.block_code_default'::regclass, 'smsengage.event_type_reference'::regclass)
AND (col_description(attrelid, attnum) IS NULL
	 OR atttypid NOT IN ('text'::regtype, 'integer'::regtype, 'bigint'::regtype, 'boolean'::regtype));
SELECT p.oid::regprocedure
FROM pg_proc AS p
WHERE pronamespace = 'smsengage'::regnamespace
AND proname IN ('status_group', 'status_class', 'is_permanent', 'opt_out_scope', 'status_group_id', 'status_codes', 'delivery_issues',
				'delivery_issue', 'status_categories', 'block_codes', 'channels', 'event_types')
AND (provolatile <> 'i' OR proparallel <> 's' OR obj_description(p.oid, 'pg_proc') IS NULL);

-- A role without any right reads them.
CREATE ROLE regress_taxonomy_reader;
GRANT USAGE ON SCHEMA smsengage TO regress_taxonomy_reader;
SET ROLE regress_taxonomy_reader;
SELECT count(*) > 0 AS readable FROM smsengage.status_code;
RESET ROLE;
REVOKE USAGE ON SCHEMA smsengage FROM regress_taxonomy_reader;
DROP ROLE regress_taxonomy_reader;
