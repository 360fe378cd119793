-- Masked means masked: what a masked reader and a role that may only ingest can
-- find out, over data with numbers in every column, under every setting.
SET timezone = 'UTC';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE masked_reader;
CREATE ROLE masked_all;
CREATE ROLE masked_both;
CREATE ROLE masked_writer;
CREATE ROLE masked_gate;
-- a store made by somebody whose settings change how the server writes names and times
SET quote_all_identifiers = on;
SET datestyle = 'SQL, DMY';
SET intervalstyle = 'sql_standard';
SET timezone = 'Asia/Kolkata';
SET bytea_output = 'escape';
SET extra_float_digits = -15;
DO $$ BEGIN SET standard_conforming_strings = off; EXCEPTION WHEN OTHERS THEN NULL; END $$; -- from 19 on it cannot be off
SELECT smsengage.create_store();
RESET standard_conforming_strings;
RESET quote_all_identifiers;
RESET datestyle;
RESET intervalstyle;
RESET bytea_output;
RESET extra_float_digits;
SET timezone = 'UTC';

-- The same for two accounts: each column a number, its own and others, spelt in
-- ways; addresses; digests.  n: +12025550177 and the like.
CREATE TEMP TABLE spelt AS
SELECT s, number, (ARRAY[number, replace(number, '+1', ''), replace(number, '+1', '1-'), '(' || substr(number, 3, 3) || ') ' || substr(number, 6, 3) || '-' || substr(number, 9),
	replace(number, '+', '%2B'), regexp_replace(number, '([0-9])', '%3\1', 'g'), regexp_replace(number, '([0-9])', '\1 ', 'g'), '00' || substr(number, 2), '447700900123',
	md5(number), 'ann.' || substr(number, 2) || '@example.com'])[s] AS way
FROM generate_series(1, 11) s, LATERAL (SELECT '+12025550' || 170 + s AS number) n;
SELECT sum(i.accepted) AS accepted, sum(i.rejected) AS rejected FROM unnest(ARRAY['acme', 'zebra']) a, spelt, unnest(ARRAY['SENT', 'DELIVERED', 'UNDELIVERED', 'CLICK', 'REPLY', 'SUBSCRIBE', 'UNSUBSCRIBE', 'CONFIRMATION', 'HELP', 'SEEN']) WITH ORDINALITY t (type, no),
	smsengage.ingest('native', json_build_object('event_type', type, 'event_id', concat(type, ' ', way), 'event_time', format('2026-03-01T10:%s:%sZ', 10 + no, 10 + s), 'message_id', 'm ' || way,
		'recipient', number, 'individual_id', CASE WHEN s % 2 = 0 THEN 'id ' || way END, 'bulk_message', 'bulk ' || way, 'template', 'tpl ' || way, 'channel', CASE WHEN s % 3 = 0 THEN 'VIBER ' || way END,
		'sender_id', CASE WHEN s % 2 = 0 THEN way ELSE '+447700900456' END, 'keyword', CASE WHEN s % 2 = 0 THEN 'STOP' WHEN s = 3 THEN 'sale' ELSE 'word ' || way END, 'message_text', 'text ' || way,
		'unsubscribe_source', 'src ' || way, 'unsubscribe_reason', 'why ' || way, 'link_name', 'link ' || way, 'link_url', 'https://ann:' || way || '@x.example/p/' || way || '/' || s || '?q=' || way || '#' || way,
		'resolved_url', 'https://x.example/' || way, 'user_agent', 'Agent/1.0 ' || way, 'device_type', 'type ' || way, 'os', 'os ' || way, 'device_name', 'dev ' || way, 'status_code', 'code ' || way,
		'status_name', 'status ' || way, 'error_code', CASE WHEN type = 'UNDELIVERED' AND s % 2 = 0 THEN '530' ELSE 'err ' || way END, 'error_text', 'error ' || way, 'price_currency', 'EUR',
		'callback_data', 'cb ' || way, 'label', 'label ' || way, 'operator', 'op ' || way, 'regional', 'reg ' || way)::text, a) i;
-- other providers: a composite id with the number in it alone; a row of a data extension; a click; a reply; things of no known type
SELECT sum(i.accepted) AS accepted, sum(i.rejected) AS rejected FROM unnest(ARRAY['acme', 'zebra']) a, (VALUES
	('salesforce_ens', '[{"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":1772359200000,"compositeId":"tsid.job.5.12025550166.0","definitionKey":"k-12025550166","eid":12025550166,"info":{"messageKey":"mk-2025550166","subscriberKey":"202-555-0166"}},
		{"eventCategoryType":"TransactionalSendEvents.SmsDelivered","timestampUTC":1772359201000,"compositeId":"tsid.job.5.12025550167.0","composite":{"tsid":"t2025550167","jobId":"2025550167","batchId":"5","mobileNumber":"1 (202) 555-0167","subscriberId":"2025550167"},"info":{"to":"12025550167","messageKey":"x","subscriberKey":"12025550167","statusCode":"4000","statusMessage":"to 2025550167","countryCode":"US"}}]'),
	('salesforce_dmo', '[{"EventID":"ev-2025550168","EventType":"SENT","EventDateTime":"2026-03-01T10:00:00Z","MessageID":"ms","IndividualID":"ind","RecipientPhone":"+12025550168"},
		{"EventID":"ev-9","EventType":"CLICK","EventDateTime":"2026-03-01T10:00:00Z","MessageID":"ms","IndividualID":"ind","RecipientPhone":"+12025550168","LinkURL":"https://x.example/?p=12025550168"}]'),
	('infobip', '{"results":[{"messageId":"ib-1","to":"12025550169","from":"447700900456","sentAt":"2026-03-01T10:00:00.000+0000","doneAt":"2026-03-01T10:00:05.000+0000","smsCount":1,"callbackData":"12025550169","price":{"pricePerMessage":0.01,"currency":"EUR"},"status":{"groupId":3,"groupName":"DELIVERED","id":5,"name":"DELIVERED_TO_HANDSET","description":"to 12025550169"},"error":{"groupId":0,"groupName":"OK","id":0,"name":"NO_ERROR","description":"No Error","permanent":false}}]}'),
	('native', '{"event_type":"12025550170","recipient":"+12025550170"}')) p (provider, payload), smsengage.ingest(provider, payload, a) i;
SELECT smsengage.add_block('+12025550171', 530, a, now() - interval '1 hour', 'asked by 2025550171') IS NOT NULL AS blocked, smsengage.record_consent('+12025550172', false, a, '447700900456', now() - interval '2 hours', 'told by 2025550172'),
	smsengage.log_not_sent('+12025550173', ARRAY['partial_block'], a, '447700900456', 'ns 2025550173', now() - interval '3 hours'), smsengage.unblock('+12025550175', a) IS NOT NULL AS unblocked
FROM unnest(ARRAY['acme', 'zebra']) a;
INSERT INTO smsengage.keyword (account, keyword, action, reply_group) VALUES ('acme', 'SALE', 'REPLY', 'sales 2025550173'), ('zebra', 'WORD 2025550172', 'STOP', NULL);
SELECT smsengage.grant_masked_reader('masked_reader', 'acme'), smsengage.grant_masked_reader('masked_all', '*'), smsengage.grant_ingest('masked_writer', 'acme'),
	smsengage.grant_masked_reader('masked_both', 'acme'), smsengage.grant_reader('masked_both', 'zebra'), smsengage.grant_reader('masked_gate', 'acme');

-- no masked view reads what it should not, and each has rows
SELECT * FROM smsengage_internal.unsafe_masked_views();
SELECT * FROM smsengage.doctor('access');
CREATE FUNCTION counts() RETURNS TABLE (name text, n bigint) LANGUAGE plpgsql AS $$
DECLARE
	r record;
BEGIN
	FOR r IN SELECT c.relname, c.oid::regclass AS oid FROM pg_class c WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relname ~ '_masked$' ORDER BY c.relname COLLATE "C" LOOP
		EXECUTE format('SELECT count(*) FROM %s', r.oid) INTO n;
		name := r.relname;
		RETURN NEXT;
	END LOOP;
END $$;
-- What a role reads: text columns with what should not be in them, but for accounts and the clock of a click in milliseconds

CREATE TEMP TABLE digest (d text);
GRANT ALL ON digest TO PUBLIC;
CREATE FUNCTION what_is_left(shown text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	e text[];
BEGIN
	FOR e IN SELECT regexp_matches(shown, '(%3([0-9]))', 'g') LOOP
		shown := replace(shown, e[1], e[2]);
	END LOOP;
	RETURN regexp_replace(regexp_replace(shown, '%[0-9A-F][0-9A-F]', '', 'g'), '[^0-9A-Za-z]+', '', 'g');
END $$;
CREATE FUNCTION look(other text) RETURNS TABLE (name text, attribute text, value text) LANGUAGE plpgsql AS $$
DECLARE
	r record;
BEGIN
	CREATE TEMP TABLE seen (name text, attribute text, value text);
	FOR r IN SELECT c.oid::regclass AS relation, c.relname FROM pg_class c
		WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('v', 'r', 'p') AND NOT c.relispartition AND has_table_privilege(c.oid, 'SELECT') AND c.relname <> 'account_role'
			AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
		ORDER BY c.relname COLLATE "C"
	LOOP
		EXECUTE format('INSERT INTO seen SELECT DISTINCT %L, x.key, x.value FROM %s t, jsonb_each_text(to_jsonb(t)) x WHERE x.value IS NOT NULL', r.relname, r.relation);
	END LOOP;
	ANALYZE seen;
	RETURN QUERY
	WITH of_text AS (
		SELECT c.relname AS name, a.attname AS attribute FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = 'smsengage'::regnamespace AND a.atttypid = 'text'::regtype AND a.attname <> ALL ('{account,sms_user,mid,InternalOrganizationId,send_date_time}')
	)
	SELECT DISTINCT ON (s.name, s.attribute) s.name, s.attribute, left(s.value, 60)
	FROM seen s
	WHERE s.value ~ other
		OR (s.name, s.attribute) IN (SELECT t.name, t.attribute FROM of_text t)
			AND (public.what_is_left(s.value) ~ '[0-9]{7}' OR s.value ~ '[a-z]@[a-z]' OR s.value ~ '(text|why|error|cb|told|asked) ')
		OR s.value IN (SELECT d.d FROM pg_temp.digest d)
	ORDER BY 1, 2;
	DROP TABLE seen;
END $$;
INSERT INTO digest
WITH made AS (
	SELECT smsengage_internal.content_digest(VARIADIC f)::text AS d
	FROM smsengage.event e, unnest(ARRAY[e.recipient, ltrim(e.recipient, '+'), e.individual_id, e.event_id, e.message_id, e.link_url, e.bulk_message]) v,
		LATERAL (VALUES (ARRAY[v]), (ARRAY[e.account, v]), (ARRAY['recipient', v]), (ARRAY['masked', 'id', e.account, v]), (ARRAY['id', e.account, v]), (ARRAY[e.provider, e.account, v]), (ARRAY[e.provider, e.account, e.message_id, e.recipient])) x (f)
	WHERE v <> ''
	UNION SELECT e.message_key::text FROM smsengage.event e
	UNION SELECT m.message_key::text FROM smsengage.message m
	UNION SELECT to_hex(e.event_key) FROM smsengage.event e
	UNION SELECT e.event_id FROM smsengage.event e WHERE e.event_id ~ '^[0-9a-f-]{36}$'
	UNION SELECT d FROM smsengage.event e, unnest(ARRAY[e.recipient, ltrim(e.recipient, '+'), e.individual_id]) v, unnest(ARRAY[md5(v), encode(sha256(convert_to(v, 'UTF8')), 'hex')]) d
)
SELECT d FROM made WHERE d IS NOT NULL
UNION SELECT replace(d, '-', '') FROM made WHERE d IS NOT NULL
UNION SELECT left(translate(replace(d, '-', ''), '0123456789abcdef', 'abcdefghijklmnop'), n) FROM made, unnest(ARRAY[16, 32]) n WHERE d IS NOT NULL
UNION SELECT e.event_key::text FROM smsengage.event e;
SELECT count(*) > 1000 AS digests_to_look_for FROM digest;
-- the check sees what is not masked
SELECT count(DISTINCT (name, attribute)) > 100 AS the_owner_sees_them FROM look('zebra') WHERE name !~ '_masked$';

SET ROLE masked_reader;
SELECT * FROM counts() WHERE n = 0;
SELECT * FROM look('zebra');
DO $$ BEGIN SET standard_conforming_strings = off; EXCEPTION WHEN OTHERS THEN NULL; END $$;
SET quote_all_identifiers = on;
SET datestyle = 'German';
SET bytea_output = 'escape';
SELECT * FROM look('zebra');
SELECT event_id ~ '^[a-p]{32}$' AS id_is_a_tag FROM smsengage.transactional_event_masked v, LATERAL (SELECT v.composite_id) x (event_id) GROUP BY 1;
RESET standard_conforming_strings;
RESET quote_all_identifiers;
RESET datestyle;
RESET bytea_output;
-- what it does see
SELECT event_type, account, recipient, t.*, keyword, user_agent, message_text
FROM smsengage.event_masked e, LATERAL (SELECT regexp_replace(sender_id, '~[a-p]{16}$', '~tag') AS sender_id, regexp_replace(bulk_message, '~[a-p]{16}$', '~tag') AS bulk_message, regexp_replace(link_url, '#[a-p]{16}$', '#tag') AS link_url) t
WHERE event_type = 'CLICK' AND provider = 'native' ORDER BY event_time;
SELECT keyword, count(*) FROM smsengage.event_masked GROUP BY 1 ORDER BY 1;
SELECT keyword, count(*) FROM smsengage.message_engagement_masked GROUP BY 1 ORDER BY 1;
SELECT DISTINCT keyword_group FROM smsengage.keyword_reply_report_masked ORDER BY 1;
-- it gets at nothing else
SELECT count(*) FROM smsengage.event;
SELECT count(*) FROM smsengage.forgotten_opt_out;
SELECT * FROM smsengage_internal.masked_rows('event') AS t (a text);
SELECT * FROM smsengage_internal.masked_rows('store_secret') AS t (secret text);
SELECT * FROM smsengage_internal.masked_rows('block_list') AS t (secret text);
SELECT smsengage_internal.masked_views();
-- views go together by tags
SELECT count(*) > 20 AS joined, count(*) = count(DISTINCT e.event_key) AS one_each, count(DISTINCT m.message_key) AS messages
FROM smsengage.event_masked e JOIN smsengage.message_masked m USING (message_key);
SELECT count(*) > 10 AS joined, bool_and(m.message_id = s.message_id AND m.recipient = s.recipient) AS ids_agree FROM smsengage.message_summary_masked m JOIN smsengage.sms_status_masked s USING (message_key);
SELECT count(*) > 5 AS joined, bool_and(e.message_id = u.message_id) AS ids_agree FROM smsengage.event_masked e JOIN smsengage.unified_url_tracking_masked u USING (event_key);
SELECT count(DISTINCT bulk_message) AS sends, count(DISTINCT link_url) AS pages, count(DISTINCT individual_id) AS people FROM smsengage.event_masked WHERE provider = 'native' AND event_type = 'CLICK';
RESET ROLE;
SELECT count(DISTINCT bulk_message) AS sends, count(DISTINCT individual_id) AS people FROM smsengage.event WHERE provider = 'native' AND event_type = 'CLICK' AND account = 'acme';
-- the same value has another tag in another account: a role that may ingest for one
-- account finds nothing of another
SELECT count(*) AS equal_tags FROM smsengage.event_masked a JOIN smsengage.event_masked b ON b.account = 'zebra' AND (b.message_id = a.message_id OR b.event_id = a.event_id OR b.individual_id = a.individual_id OR b.bulk_message = a.bulk_message
	OR b.event_key = a.event_key OR b.message_key = a.message_key OR b.link_name = a.link_name AND a.link_name LIKE '%~%') WHERE a.account = 'acme';

SET ROLE masked_all;
SELECT * FROM look('xxx');
SELECT account, count(*) FROM smsengage.message_masked GROUP BY 1 ORDER BY 1;
-- who reads one account and the other masked: rows of the first as they are
SET ROLE masked_both;
SELECT DISTINCT account, recipient ~ '[*]' AS masked FROM smsengage.event WHERE recipient <> '' ORDER BY 1;
SELECT account, count(*) > 0 AS some FROM smsengage.event_masked GROUP BY 1 ORDER BY 1;
SELECT account, count(*) > 0 AS some FROM smsengage.block_list_masked GROUP BY 1 ORDER BY 1;
RESET ROLE;

-- Every function of the extension that a role may execute and that is no pure one, with
-- the numbers of the store as arguments: nothing comes back but errors without them.
CREATE FUNCTION call_all(OUT called bigint, OUT refused bigint, OUT told text) LANGUAGE plpgsql AS $$
DECLARE
	f record;
	answer text;
	seen text;
BEGIN
	called := 0;
	refused := 0;
	FOR f IN
		SELECT p.oid::regprocedure AS name, p.prokind, format('%s smsengage.%I(%s)', CASE p.prokind WHEN 'p' THEN 'CALL' ELSE 'SELECT string_agg(t::text, '' '') FROM' END, p.proname,
			(SELECT string_agg(CASE WHEN t = 'text'::regtype AND p.proargnames[o] IN ('recipient', 'individual_id') THEN '''+12025550172'''
				WHEN t = 'text'::regtype AND p.proargnames[o] = 'account' THEN '''acme'''
				WHEN t = 'text'::regtype AND p.proargnames[o] = 'provider' THEN '''native'''
				WHEN t = 'text'::regtype AND p.proargnames[o] IN ('rule', 'a', 'b', 'audience') THEN '''known'''
				WHEN t = 'text'::regtype AND p.proargnames[o] = 'kind' THEN '''masked'''
				WHEN t = 'text'::regtype AND p.proargnames[o] = 'source' THEN '''block_list'''
				WHEN t = 'text'::regtype THEN '''x''' WHEN t = 'text[]'::regtype THEN 'ARRAY[''+12025550172'']'
				WHEN t IN ('timestamptz'::regtype, 'date'::regtype) THEN '''2026-03-05''' WHEN t = 'boolean'::regtype THEN 'true' WHEN t = 'interval'::regtype THEN '''1 day'''
				WHEN t IN ('bigint'::regtype, 'integer'::regtype, 'smallint'::regtype, 'numeric'::regtype) THEN '1'
				WHEN t IN ('regclass'::regtype, 'oid'::regtype) THEN '''smsengage.event''::regclass' ELSE 'NULL' END || '::' || t::text, ', ' ORDER BY o) FROM unnest(p.proargtypes) WITH ORDINALITY u (t, o) WHERE t <> 2276))
			|| CASE WHEN p.prokind = 'p' THEN '' WHEN p.prorettype = 'record'::regtype AND p.proallargtypes IS NULL THEN ' AS t (a text)' ELSE ' AS t' END AS statement
		FROM pg_proc p
		WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') AND p.prokind IN ('f', 'p') AND p.provolatile <> 'i' AND has_function_privilege(p.oid, 'EXECUTE')
		ORDER BY 1
	LOOP
		called := called + 1;
		answer := NULL;
		BEGIN
			IF f.prokind = 'p' THEN
				EXECUTE f.statement;
			ELSE
				EXECUTE f.statement INTO answer;
			END IF;
			RAISE EXCEPTION 'undone' USING ERRCODE = 'ZZ000', DETAIL = coalesce(answer, '');
		EXCEPTION WHEN OTHERS THEN
			IF SQLSTATE = '42501' THEN
				refused := refused + 1;
			END IF;
			GET STACKED DIAGNOSTICS seen = PG_EXCEPTION_DETAIL;
			IF concat(SQLERRM, seen) ~ '20255501|zebra|[0-9a-f-]{32}' THEN
				told := concat_ws(E'\n', told, concat(f.name, ': ', left(concat(SQLERRM, seen), 200)));
			END IF;
		END;
	END LOOP;
END $$;
SET ROLE masked_reader;
SELECT called > 0 AS called, told FROM call_all();
SET ROLE masked_writer;
SELECT called > 0 AS called, told FROM call_all();
SELECT * FROM smsengage_internal.masked_rows('block_list') AS t (a text);
SELECT count(*) FROM smsengage.event_masked;
RESET ROLE;

-- a masked view that reads a table past its accounts is found, and mended
CREATE OR REPLACE VIEW smsengage.subscription_masked WITH (security_barrier = true) AS
SELECT s.event_time, s.event_key, smsengage_internal.mask_number(s.recipient) AS recipient, s.account, s.sender, s.state, s.source FROM smsengage.subscription s;
SELECT * FROM smsengage.doctor('access');
CREATE OR REPLACE VIEW smsengage.subscription_masked WITH (security_barrier = true) AS
WITH subscription AS (SELECT s.* FROM smsengage.subscription s WHERE s.account <> '')
SELECT s.event_time, s.event_key, smsengage_internal.mask_number(s.recipient) AS recipient, s.account, s.sender, s.state, s.source FROM subscription s;
SELECT * FROM smsengage.doctor('access');
CREATE OR REPLACE VIEW smsengage.subscription_masked WITH (security_barrier = true) AS
WITH subscription AS (SELECT s.* FROM smsengage.subscription s WHERE smsengage.acts_for('masked', s.account))
SELECT s.event_time, s.event_key, smsengage_internal.mask_number(s.recipient) AS recipient, (SELECT min(e.account) FROM smsengage.event e) AS account, s.sender, s.state, s.source FROM subscription s;
SELECT * FROM smsengage.doctor('access');
CALL smsengage.rebuild('access');
SELECT * FROM smsengage.doctor('access');
SELECT * FROM smsengage_internal.masked_reads('smsengage.event');

-- the gate knows of a forgotten opt-out; who asks it reads no digest and can make none
SELECT count(*) > 0 AS erased FROM smsengage.forget(recipient => '+12025550172', force => true);
SET ROLE masked_gate;
SELECT state FROM smsengage.subscription_state('+12025550172', 'acme', '447700900456');
SELECT state FROM smsengage.subscription_state('+12025550172', 'zebra', '447700900456');
SELECT allowed, reasons FROM smsengage.can_send('+12025550172', 'acme', '447700900456');
SELECT recipient, reasons FROM smsengage.can_send_all(ARRAY['+12025550172', '+12025550199'], 'acme', '447700900456') ORDER BY 1;
SELECT recipient, reasons FROM smsengage.can_send_all(ARRAY['+12025550172', '+12025550199'], 'zebra', '447700900456') ORDER BY 1;
SELECT recipient FROM smsengage_internal.forgotten_opt_outs(ARRAY['+12025550172', NULL, '+12025550172', ''], 'infinity');
SELECT recipient FROM smsengage_internal.forgotten_opt_outs(ARRAY['+12025550172'], '2020-01-01');
SELECT recipient FROM smsengage_internal.forgotten_opt_outs(ARRAY['+12025550172'], 'infinity') WHERE account = 'zebra';
SELECT * FROM smsengage.forgotten_opt_out;
SELECT * FROM smsengage.forgotten;
SELECT smsengage.pseudonym('recipient', '+12025550172');
SET ROLE masked_reader;
SELECT recipient FROM smsengage_internal.forgotten_opt_outs(ARRAY['+12025550172'], 'infinity');
SET ROLE masked_writer;
SELECT recipient FROM smsengage_internal.forgotten_opt_outs(ARRAY['+12025550172'], 'infinity');
RESET ROLE;
SELECT recipient FROM smsengage_internal.forgotten_opt_outs(ARRAY['+12025550172'], 'infinity') WHERE account = 'zebra';

SELECT smsengage.revoke_access(r) FROM unnest(ARRAY['masked_reader', 'masked_all', 'masked_both', 'masked_writer', 'masked_gate']) r;
SELECT count(*) FROM smsengage_internal.store_relations() s JOIN pg_class c ON c.oid = s.relation, aclexplode(c.relacl) a WHERE a.grantee::regrole::text ~ '^masked_';
SELECT p.proname FROM pg_proc p, aclexplode(p.proacl) a WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') AND a.grantee <> 0 AND a.grantee::regrole::text ~ '^masked_';
SELECT smsengage.drop_store(true);
DROP FUNCTION counts(), what_is_left(text), look(text), call_all();
DROP ROLE masked_reader, masked_all, masked_both, masked_writer, masked_gate;
