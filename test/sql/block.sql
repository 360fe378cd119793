-- Block list: every row of EngageLab's table, records that overlap, removal,
-- history, policies with versions and growth, replay, rebuild.
SET timezone = 'UTC';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SELECT smsengage.create_store();

-- a failure of a number at an account, as JSON
CREATE FUNCTION pg_temp.failed(n integer, at text, code integer, account text DEFAULT 'acme', message text DEFAULT NULL) RETURNS text
LANGUAGE sql AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('event_type', 'UNDELIVERED', 'event_time', at, 'recipient', '+120255501' || to_char(n, 'FM00'),
		'account', account, 'error_code', code::text, 'message_id', coalesce(message, n || ' ' || at || ' ' || code)))::text
$$;
CREATE FUNCTION pg_temp.take(VARIADIC events text[]) RETURNS bigint
LANGUAGE sql AS $$
	SELECT sum(i.accepted)::bigint FROM unnest(events) e, smsengage.ingest('native', e) i
$$;

-- the ten defaults are those of the taxonomy
SELECT count(*), count(*) FILTER (WHERE p.valid_from = '-infinity' AND b.scope = p.scope AND b.block_interval = p.block_interval AND b.user_deletable = p.user_deletable) AS same
FROM smsengage.block_policy p JOIN smsengage.block_codes() b USING (code);

-- every row of the table: one failure each at ten o'clock; who is blocked until when
SELECT pg_temp.take(VARIADIC ARRAY(SELECT pg_temp.failed(n, '2025-03-28T10:00:00Z', 490 + 10 * n) FROM generate_series(1, 10) n));
SELECT b.code, b.scope, b.expires_at - b.blocked_at AS lasts, b.source,
	smsengage.is_blocked(b.recipient, 'acme', b.blocked_at - interval '1 microsecond') AS before,
	smsengage.is_blocked(b.recipient, 'acme', b.blocked_at) AS begin_own,
	smsengage.is_blocked(b.recipient, 'other', b.blocked_at) AS begin_other,
	smsengage.is_blocked(b.recipient, 'acme', b.expires_at - interval '1 microsecond') AS last_own,
	smsengage.is_blocked(b.recipient, 'acme', b.expires_at) AS end_own,
	smsengage.block_expiry(b.code, b.blocked_at) = b.expires_at AS expiry
FROM smsengage.block b ORDER BY b.code;
-- thirty days are days of UTC, whatever the session's zone says of 29 March
SET timezone = 'Europe/Berlin';
SELECT smsengage.block_expiry(500, '2025-03-28 10:00:00+00') - timestamptz '2025-03-28 10:00:00+00' = interval '720 hours' AS fixed;
SET timezone = 'UTC';
SELECT smsengage.block_expiry(501, '2025-03-28 10:00:00Z');

-- the view: documented fields, and what cannot change with the clock
SELECT mobile_number, interception_time, expiration_time, reason, code, description, scope, account, source, is_active, remaining_seconds, user_deletable
FROM smsengage.block_list ORDER BY code LIMIT 4;

-- the same failure again, and the parts of a message
SELECT pg_temp.take(pg_temp.failed(1, '2025-03-28T10:00:00Z', 500));
SELECT count(*) FROM smsengage.block WHERE recipient = '+12025550101';

-- the longest overlapping record wins, in either order: 500 then 510, 510 then 500
SELECT pg_temp.take(pg_temp.failed(21, '2025-01-01T10:00:00Z', 500), pg_temp.failed(21, '2025-01-10T10:00:00Z', 510),
	pg_temp.failed(22, '2025-01-10T10:00:00Z', 510), pg_temp.failed(22, '2025-01-01T10:00:00Z', 500));
SELECT n, smsengage.is_blocked('+120255501' || n, 'x', '2025-01-10 11:00Z') AS after_the_short, smsengage.is_blocked('+120255501' || n, 'x', '2025-01-31 09:59:59Z') AS last,
	smsengage.is_blocked('+120255501' || n, 'x', '2025-01-31 10:00Z') AS at_end
FROM generate_series(21, 22) n;
-- a new failure renews
SELECT pg_temp.take(pg_temp.failed(21, '2025-01-20T10:00:00Z', 500));
SELECT smsengage.is_blocked('+12025550121', 'x', '2025-02-19 09:59:59Z'), smsengage.is_blocked('+12025550121', 'x', '2025-02-19 10:00Z');

-- by hand
SELECT smsengage.add_block('+1 (202) 555-0131', 520, 'acme', '2025-02-01 10:00Z', 'complained');
SELECT smsengage.add_block('+12025550131', 520, 'acme', '2025-02-01 10:00Z', 'complained');
SELECT code, scope, source, reason, account FROM smsengage.block WHERE recipient = '+12025550131';
SELECT smsengage.is_blocked('+12025550131', 'acme', '2025-02-01 10:30Z') AS own, smsengage.is_blocked('+12025550131', 'other', '2025-02-01 10:30Z') AS other;
SELECT smsengage.add_block('+12025550131', 999);
SELECT smsengage.add_block('', 500);
SELECT smsengage.add_block('+12025550131', 500, 'acme', '1999-12-31 23:59Z');

-- removal: own records, from that moment on; history stays
SELECT smsengage.unblock('+12025550101', 'acme', '2025-04-01 00:00Z', 'number works');
SELECT at, smsengage.is_blocked('+12025550101', 'acme', at) AS own, smsengage.is_blocked('+12025550101', 'other', at) AS other
FROM (VALUES (timestamptz '2025-03-31 23:59:59.999999Z'), ('2025-04-01 00:00Z'), ('2025-04-02 00:00Z')) v(at);
SELECT smsengage.unblock('+12025550101', 'acme', '2025-04-01 00:00Z');
SELECT count(*) FROM smsengage.block_list WHERE mobile_number = '+12025550101';
-- a failure after the removal blocks again, one before it that comes late does not
SELECT pg_temp.take(pg_temp.failed(1, '2025-03-31T10:00:00Z', 500, message => 'late'));
SELECT smsengage.is_blocked('+12025550101', 'acme', '2025-04-02 00:00Z');
SELECT pg_temp.take(pg_temp.failed(1, '2025-04-03T10:00:00Z', 500));
SELECT smsengage.is_blocked('+12025550101', 'acme', '2025-04-03 10:00Z');
-- of others: refused if it blocks, nothing to do if not
SELECT smsengage.unblock('+12025550101', 'other', '2025-04-04 00:00Z');
SELECT smsengage.unblock('+12025550103', 'other', '2025-03-28 10:30Z');
SELECT smsengage.unblock('+12025550199', 'other');
SELECT smsengage.unblock(NULL);
-- own and foreign: the own one goes, the foreign one blocks on
SELECT pg_temp.take(pg_temp.failed(41, '2025-01-01T10:00:00Z', 500, 'acme'), pg_temp.failed(41, '2025-01-01T11:00:00Z', 500, 'other'));
SELECT smsengage.unblock('+12025550141', 'acme', '2025-01-02 00:00Z');
SELECT smsengage.is_blocked('+12025550141', 'acme', '2025-01-31 10:30Z') AS foreign_one, smsengage.is_blocked('+12025550141', 'acme', '2025-01-31 11:00Z') AS at_its_end;

-- policies: versions by time of the event, own codes, what users may not remove, for ever
INSERT INTO smsengage.block_policy (code, valid_from, description, block_interval, scope, user_deletable) VALUES
	(510, '2025-05-01Z', 'Send Failed-Out of service', '2 days', 'global', true),
	(900, '-infinity', 'Court order', NULL, 'global', false);
SELECT pg_temp.take(pg_temp.failed(51, '2025-04-30T23:59:59Z', 510), pg_temp.failed(52, '2025-05-01T00:00:00Z', 510));
SELECT recipient, expires_at - blocked_at AS lasts FROM smsengage.block WHERE recipient IN ('+12025550151', '+12025550152') ORDER BY 1;
SELECT smsengage.add_block('+12025550153', 900, 'acme', '2025-05-01Z', 'order 7');
SELECT smsengage.is_blocked('+12025550153', 'other', '2099-01-01Z');
SELECT smsengage.unblock('+12025550153', 'acme', '2025-06-01Z');
SELECT is_active, remaining_seconds, expiration_time FROM smsengage.block_list WHERE mobile_number = '+12025550153';
INSERT INTO smsengage.block_policy VALUES (901, '-infinity', 'bad', '-1 day', 'global');
INSERT INTO smsengage.block_policy VALUES (901, '-infinity', 'bad', '1 day', 'world');
INSERT INTO smsengage.block_policy VALUES (901, '-infinity', 'bad', '1 day', 'global', true, 2);
INSERT INTO smsengage.block_policy VALUES (901, '-infinity', 'bad', NULL, 'global', true, 2, '3 days');

-- growth: 1, 2, 4, 5 (limit) days; parts of a message are one block; order does not matter
INSERT INTO smsengage.block_policy VALUES (910, '-infinity', 'Growing', '1 day', 'local', true, 2, '5 days');
SELECT pg_temp.take(pg_temp.failed(61, '2025-06-20T10:00:00Z', 910), pg_temp.failed(61, '2025-06-01T10:00:00Z', 910), pg_temp.failed(61, '2025-06-10T10:00:00Z', 910),
	pg_temp.failed(61, '2025-06-01T10:00:03Z', 910), pg_temp.failed(61, '2025-06-05T10:00:00Z', 910), pg_temp.failed(61, '2025-06-05T10:00:00Z', 910, 'other'));
-- 910 is no code of the taxonomy: such failures are "other", only a hand can name it
SELECT DISTINCT code FROM smsengage.block WHERE recipient = '+12025550161';
SELECT smsengage.add_block('+12025550162', 910, a, t::timestamptz) FROM (VALUES ('acme', '2025-06-20T10:00:00Z'), ('acme', '2025-06-01T10:00:00Z'),
	('acme', '2025-06-10T10:00:00Z'), ('acme', '2025-06-01T10:00:03Z'), ('acme', '2025-06-05T10:00:00Z'), ('other', '2025-06-05T10:00:00Z')) v(a, t);
SELECT account, blocked_at, expires_at - blocked_at AS lasts FROM smsengage.blocks_at('2025-07-01Z', '+12025550162') ORDER BY 1, 2;
SELECT smsengage.is_blocked('+12025550162', 'acme', '2025-06-14 09:59:59Z') AS fourth_day, smsengage.is_blocked('+12025550162', 'acme', '2025-06-14 10:00Z') AS after;
SELECT interception_time, expiration_time - interception_time AS lasts FROM smsengage.block_list WHERE mobile_number = '+12025550162' AND account = 'acme' ORDER BY 1;

-- every failure code of every provider leads to the block code and the opt-out that its table says
WITH c AS (
	SELECT s.*, CASE s.status_class WHEN 'not_sent' THEN 'NOT_SENT' WHEN 'expired' THEN 'EXPIRED' ELSE 'UNDELIVERED' END AS event_type,
		CASE s.status_class WHEN 'not_sent' THEN 3 WHEN 'expired' THEN 7 ELSE 8 END::smallint AS class
	FROM smsengage.status_code s WHERE s.status_class IN ('not_sent', 'undelivered', 'expired')
), r AS (
	SELECT c.*, (SELECT max(e.code) FILTER (WHERE e.kind = 'block') FROM smsengage_internal.event_effects(c.provider, c.event_type, c.class, CASE WHEN c.event_class <> 'error' THEN c.code END, NULL,
			CASE WHEN c.event_class = 'error' THEN c.code END, NULL, '22000', NULL, NULL, NULL) e) AS blocks,
		(SELECT max(CASE e.sender WHEN '' THEN 'account' ELSE 'sender' END) FILTER (WHERE e.kind = 'unsubscribe') FROM smsengage_internal.event_effects(c.provider, c.event_type, c.class,
			CASE WHEN c.event_class <> 'error' THEN c.code END, NULL, CASE WHEN c.event_class = 'error' THEN c.code END, NULL, '22000', NULL, NULL, NULL) e) AS opts_out
	FROM c
)
SELECT count(*) > 300 AS many, count(*) FILTER (WHERE block_code IS DISTINCT FROM blocks) AS other_block, count(*) FILTER (WHERE opt_out IS DISTINCT FROM opts_out) AS other_opt_out,
	count(blocks) > 100 AS some_block, count(opts_out) AS opt_outs
FROM r;
-- an error says more than a status; "no error" says nothing; unknown codes of a failed message are "other"; a delivered one does nothing
SELECT e.kind, e.code FROM smsengage_internal.event_effects('infobip', 'UNDELIVERED', 8::smallint, '4', NULL, '1', NULL, NULL, NULL, NULL, NULL) e;
SELECT e.kind, e.code FROM smsengage_internal.event_effects('infobip', 'UNDELIVERED', 8::smallint, '4', NULL, '0', NULL, NULL, NULL, NULL, NULL) e;
SELECT e.kind, e.code FROM smsengage_internal.event_effects('twilio', 'UNDELIVERED', 8::smallint, 'strange', NULL, '99999', NULL, NULL, NULL, NULL, NULL) e;
SELECT e.kind, e.code FROM smsengage_internal.event_effects('infobip', 'DELIVERED', 9::smallint, '5', NULL, '1', NULL, NULL, NULL, NULL, NULL) e;
-- what the gate refuses does not block for longer
SELECT e.kind FROM smsengage_internal.event_effects('native', 'NOT_SENT', 3::smallint, NULL, NULL, '500', NULL, NULL, NULL, NULL, NULL) e;

-- what another policy would have done: four messages to one number, failing at 10:00; three more go out after that
SELECT pg_temp.take(pg_temp.failed(71, '2025-08-01T10:00:00Z', 510, message => 'a'),
	'{"event_type":"DELIVERED","event_time":"2025-08-01T12:30:00Z","sent_time":"2025-08-01T12:00:00Z","recipient":"+12025550171","account":"acme","message_id":"b"}',
	'{"event_type":"SENT","event_time":"2025-08-01T13:00:00Z","recipient":"+12025550171","account":"acme","message_id":"c"}',
	'{"event_type":"SENT","event_time":"2025-08-01T14:00:00Z","recipient":"+12025550171","account":"other","message_id":"d"}',
	pg_temp.failed(71, '2025-08-01T14:00:05Z', 510, 'other', 'd'),
	'{"event_type":"SENT","event_time":"2025-08-02T09:00:00Z","recipient":"+12025550171","account":"acme","message_id":"e"}',
	'{"event_type":"DELIVERED","event_time":"2025-08-02T13:00:00Z","sent_time":"2025-08-02T12:00:00Z","recipient":"+12025550171","account":"acme","message_id":"f"}');
SELECT t.i AS block_interval, t.s AS scope, r.* FROM (VALUES (interval '0', 'global'), ('1 hour', 'global'), ('2 hours', 'global'), ('1 day', 'global'), ('1 day', 'local'), (NULL, 'global'), ('1 day', 'none')) t(i, s),
	smsengage.replay_block_policy(510, t.i, t.s, '2025-08-01Z', '2025-08-03Z') r;
SELECT * FROM smsengage.replay_block_policy(510, '1 day', 'world', '2025-08-01Z', '2025-08-03Z');

-- rebuilding gives the same records; a policy that reaches back takes effect
CREATE TEMP TABLE before AS SELECT * FROM smsengage.block;
CREATE TEMP TABLE unblock_before AS SELECT * FROM smsengage.unblock;
SELECT smsengage.rebuild_blocks();
SELECT count(*) FROM (TABLE before EXCEPT TABLE smsengage.block UNION ALL (TABLE smsengage.block EXCEPT TABLE before)) d;
SELECT count(*) FROM (TABLE unblock_before EXCEPT TABLE smsengage.unblock UNION ALL (TABLE smsengage.unblock EXCEPT TABLE unblock_before)) d;
INSERT INTO smsengage.block_policy VALUES (560, '2020-01-01Z', 'Send Failed-Break down', '9 days', 'local');
SELECT smsengage.rebuild_blocks();
SELECT scope, expires_at - blocked_at AS lasts FROM smsengage.block WHERE code = 560;
SELECT smsengage.migrate();
SELECT count(*) FROM smsengage.block_policy WHERE valid_from = '-infinity';

-- shuffled: the same failures, blocks and removals in twenty orders
CREATE FUNCTION pg_temp.shuffled() RETURNS TABLE (orders bigint, lists bigint, rows bigint)
LANGUAGE plpgsql AS $$
DECLARE
	pieces text[] := ARRAY(SELECT to_json(e)::text FROM smsengage.parse('native', (SELECT json_agg(json_build_object('event_type', CASE WHEN n % 7 = 0 THEN 'UNBLOCK' WHEN n % 5 = 0 THEN 'BLOCK' ELSE 'UNDELIVERED' END,
		'event_time', 1700000000 + n * 5003 % 100000, 'recipient', '+1202555010' || n % 4, 'account', 'a' || n % 2, 'error_code', (500 + n * 7 % 10 * 10)::text, 'event_id', n))::text FROM generate_series(1, 60) n)) e);
	pictures text[] := '{}';
	piece text;
BEGIN
	FOR seed IN 1..20 LOOP
		TRUNCATE smsengage.event, smsengage.event_identity, smsengage.message, smsengage.block, smsengage.unblock, smsengage.subscription, smsengage.consent_entry,
			smsengage.contact_point, smsengage.series, smsengage.engagement_tally, smsengage.outcome_tally;
		FOR piece IN SELECT p FROM unnest(pieces || pieces) WITH ORDINALITY u(p, n) ORDER BY md5(seed || '.' || n) LOOP
			PERFORM smsengage.ingest('native', piece);
		END LOOP;
		pictures := pictures || md5(concat((SELECT string_agg(b::text, '' ORDER BY b.recipient, b.blocked_at, b.event_key) FROM smsengage.block b),
			(SELECT string_agg(u::text, '' ORDER BY u.recipient, u.account, u.unblocked_at, u.event_key) FROM smsengage.unblock u),
			(SELECT string_agg(smsengage.is_blocked('+1202555010' || n % 4, 'a' || n % 2, to_timestamp(1700000000 + n * 1000))::text, '' ORDER BY n) FROM generate_series(1, 200) n)));
	END LOOP;
	RETURN QUERY SELECT count(*), count(DISTINCT p), (SELECT count(*) FROM smsengage.block) FROM unnest(pictures) p;
END
$$;
SELECT * FROM pg_temp.shuffled();

SELECT smsengage.drop_store(true);
