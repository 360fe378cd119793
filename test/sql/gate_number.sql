-- Numbers as people write them, by the country of the account, and numbers that
-- the store has under another spelling. Rows: what is in the store; columns: how
-- it is asked. The table is in the manual.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = warning;
DO $$ BEGIN PERFORM smsengage.create_store(); END $$;
SELECT sum(accepted) FROM unnest(ARRAY['gb', 'us', 'de', 'none']) a, LATERAL smsengage.ingest('native', json_build_object('event_type', 'SENT', 'event_time', '2026-01-01T00:00:00Z', 'recipient', '+12025550199', 'account', a, 'sender_id', '1')::text) i;
-- nobody had the other spellings yet, and that costs no query
SELECT smsengage_internal.any_odd_spelling();
INSERT INTO smsengage.account_country (account, country) VALUES ('gb', 'GB'), ('us', 'US'), ('de', 'DE');
INSERT INTO smsengage.account_country (account, country) VALUES ('x', 'XX');
INSERT INTO smsengage.account_country (account, country) VALUES ('x', 'gb');
-- as people write it; nobody has opted out yet
SELECT r AS given, smsengage_internal.numbers_asked(r, 'gb', '2026-03-01Z') AS gb, smsengage_internal.numbers_asked(r, 'us', '2026-03-01Z') AS us, smsengage_internal.numbers_asked(r, 'none', '2026-03-01Z') AS without, smsengage_internal.numbers_asked(r, NULL, '2026-03-01Z') AS unstated
FROM unnest(ARRAY['07700 900123', '(0)7700 900123', '+44 7700 900123', '0044 7700 900123', '202-555-0123', '2025550123', '1 202 555 0123', '+1 202 555 0123', '22000', 'ACME', '']) r;
-- 00 is read in every country
SELECT r, a, v.reasons, c.reasons = v.reasons AS same FROM (VALUES ('0044 7700 900123', 'us'), ('2025550123', 'de'), ('2025550123', 'none'), ('(202) 555-0123', 'none')) k(r, a), smsengage.can_send(r, a, at => '2026-03-01Z') v, smsengage.can_send_all(ARRAY[r], a, at => '2026-03-01Z') c;
CREATE TABLE asked (no integer, how text, recipient text, account text);
INSERT INTO asked VALUES (1, 'E.164', '+447700900123', 'gb'), (2, 'gb, national', '07700 900123', 'gb'), (3, 'us, national', '07700 900123', 'us'), (4, 'no country', '07700 900123', 'none'), (5, 'account not stated', '07700 900123', NULL), (6, 'never met', '07700 900123', 'new'), (7, 'E.164, nothing', '+447700900123', NULL);
CREATE FUNCTION verdicts() RETURNS TABLE (how text, reasons text[], "all is the same" boolean, blocked boolean, state text) LANGUAGE sql AS $$
	SELECT k.how, v.reasons, (c.reasons, c.earliest, c.subcategory, c.allowed) IS NOT DISTINCT FROM (v.reasons, v.earliest, v.subcategory, v.allowed),
		smsengage.is_blocked(k.recipient, k.account, '2026-03-01Z'), (smsengage.subscription_state(k.recipient, k.account, at => '2026-03-01Z')).state
	FROM asked k, smsengage.can_send(k.recipient, k.account, at => '2026-03-01Z') v, smsengage.can_send_all(ARRAY[k.recipient], k.account, at => '2026-03-01Z') c ORDER BY k.no $$;
SELECT * FROM verdicts();
-- by hand, in national form
SELECT smsengage.record_consent('07700 900123', false, 'gb', at => '2026-01-01Z');
SELECT recipient, account, state FROM smsengage.subscription;
SELECT * FROM verdicts();
SELECT array_agg(p.state) FROM smsengage.consent_proof('07700 900123', at => '2026-03-01Z', account => 'gb') p;
SELECT smsengage.record_consent('07700 900123', true, 'gb', at => '2026-01-02Z');
INSERT INTO smsengage.block_policy (code, valid_from, description, scope, block_interval) VALUES (9001, '-infinity', 'local', 'local', '300 days'), (9002, '-infinity', 'global', 'global', '300 days');
SELECT smsengage.add_block('07700 900123', 9001, 'gb', '2026-01-01Z');
SELECT smsengage.is_blocked('+447700900123', 'gb', '2026-03-01Z'), smsengage.is_blocked('07700 900123', 'gb', '2026-03-01Z') AS national, smsengage.is_blocked('07700 900123', at => '2026-03-01Z') AS unstated;
SELECT smsengage.unblock('(0)7700 900123', 'gb', '2026-01-02Z');
SELECT smsengage.is_blocked('+447700900123', 'gb', '2026-03-01Z');
SELECT smsengage.log_not_sent('07700 900123', '{unsubscribed}', 'gb', at => '2026-01-02Z');
SELECT event_type, recipient FROM smsengage.event WHERE account = 'gb' AND recipient <> '+12025550199' ORDER BY event_time, event_type;
-- versions, and a row for all accounts
INSERT INTO smsengage.account_country (account, valid_from, country) VALUES ('us', '2026-06-01Z', 'CA'), ('gb', '2026-06-01Z', NULL);
SELECT smsengage_internal.countries_for('us', '2026-05-01Z'), smsengage_internal.countries_for('us', '2026-06-01Z'), smsengage_internal.countries_for('gb', '2026-06-01Z');
DELETE FROM smsengage.account_country WHERE valid_from > '-infinity';
INSERT INTO smsengage.account_country (account, country) VALUES ('', 'FR');
SELECT array_agg(c ORDER BY c) AS each_of_them FROM unnest(smsengage_internal.countries_for(NULL, '2026-05-01Z')) c;
SELECT smsengage_internal.countries_for('new', '2026-05-01Z') AS for_all;
DELETE FROM smsengage.account_country WHERE account = '' OR account = 'de';
-- several readings: what speaks against one speaks against it; the end is the end for all
SELECT smsengage.record_consent('+12025550123', false, 'us', at => '2026-01-01Z');
INSERT INTO smsengage.country_rule (account, country, supported) VALUES ('gb', 'EG', false);
SELECT k.how, v.* FROM (VALUES ('us', 'us'), ('gb', 'gb'), ('nothing', NULL)) k(how, account), smsengage.can_send('2025550123', k.account, at => '2026-03-01Z') v;
SELECT k.how, v.* FROM (VALUES ('us', 'us'), ('gb', 'gb'), ('nothing', NULL)) k(how, account), smsengage.can_send_all(ARRAY['2025550123'], k.account, at => '2026-03-01Z') v;
SELECT recipient, count(*), bool_and(allowed) FROM smsengage.can_send_all(ARRAY['2025550123', '2025550123', '07700 900124', 'ACME', '', NULL, '+447700900124'], at => '2026-03-01Z') GROUP BY 1 ORDER BY 1;
DELETE FROM smsengage.country_rule;
INSERT INTO smsengage.quiet_hours (quiet_start, quiet_end) VALUES ('08:00', '12:00');
SELECT v.reasons, v.earliest, c.reasons = v.reasons AND c.earliest = v.earliest AS same FROM smsengage.can_send('2025550124', at => '2026-03-02 08:00Z') v, smsengage.can_send_all(ARRAY['2025550124'], at => '2026-03-02 08:00Z') c;
DELETE FROM smsengage.quiet_hours;
-- what is in the store under another spelling: as a provider sent it
CREATE TABLE stored (n integer, spelling text, account text, means text);
INSERT INTO stored VALUES
	(1, '07700 900131', 'gb', '+447700900131'), (2, '7700900132', 'gb', '+447700900132'), (3, '(0)7700-900133', 'none', '+447700900133'), (4, '2025550134', 'us', '+12025550134'),
	(5, '(202) 555-0135', 'us', '+12025550135'), (6, '0151 23456789', 'none', '+4915123456789'), (7, '٠٧٧٠٠٩٠٠١٣٧', 'gb', '+447700900137'), (8, '07700 900138 x12', 'gb', '+447700900138'),
	(9, '+541155550139', 'none', '+5491155550139'), (10, '+5491155550140', 'none', '+541155550140'), (11, '(011) 15-5555-0141', 'none', '+5491155550141'), (12, '07700 900142', 'us', '+447700900142');
SELECT s.n, s.spelling, smsengage.normalize_recipient(s.spelling) AS stored_as, smsengage_internal.number_tail(smsengage.normalize_recipient(s.spelling)) AS tail, i.accepted
FROM stored s, LATERAL smsengage.ingest('native', json_build_object('event_type', CASE WHEN n % 2 = 0 THEN 'UNSUBSCRIBE' ELSE 'BLOCK' END, 'event_time', '2026-01-01T00:00:00Z', 'recipient', s.spelling, 'account', s.account, 'error_code', CASE WHEN n % 4 = 1 THEN '9001' ELSE '9002' END)::text) i ORDER BY 1;
SELECT smsengage_internal.any_odd_spelling();
-- 12: the account's people are American, and have no such number
SELECT s.n, s.means, v.reasons, c.reasons AS of_all, u.reasons AS unstated, f.reasons AS of_another
FROM stored s, smsengage.can_send(s.means, s.account, at => '2026-03-01Z') v, smsengage.can_send_all(ARRAY[s.means], s.account, at => '2026-03-01Z') c, smsengage.can_send(s.means, at => '2026-03-01Z') u,
	smsengage.can_send(s.means, CASE s.account WHEN 'gb' THEN 'us' ELSE 'gb' END, at => '2026-03-01Z') f ORDER BY 1;
SELECT count(*), count(*) FILTER (WHERE NOT c.allowed) AS refused FROM smsengage.can_send_all($$SELECT '+1415555' || g FROM generate_series(1000, 21999) g UNION ALL SELECT means FROM public.stored$$, at => '2026-03-01Z') c;
-- a later opt-in under the normal form is the same person's
SELECT smsengage.record_consent('+447700900132', true, 'gb', at => '2026-01-02Z'), smsengage.record_consent('+5491155550140', true, 'none', at => '2026-01-02Z');
SELECT s.means, v.allowed, c.allowed AS of_all, t.state FROM stored s, smsengage.can_send(s.means, s.account, at => '2026-03-01Z') v, smsengage.can_send_all(ARRAY[s.means], s.account, at => '2026-03-01Z') c, smsengage.subscription_state(s.means, s.account, at => '2026-03-01Z') t WHERE s.n IN (2, 10) ORDER BY s.n;
-- caps count what was sent under both
SELECT sum(accepted) FROM unnest(ARRAY['07700 900131', '+447700900131']) r, LATERAL smsengage.ingest('native', json_build_object('event_type', 'SENT', 'event_time', '2026-02-28T12:00:00Z', 'recipient', r, 'account', 'gb', 'sender_id', '1', 'message_id', r)::text) i;
INSERT INTO smsengage.frequency_cap (account, period, max_messages) VALUES ('gb', '1 day', 2);
SELECT v.reasons, c.reasons AS of_all FROM smsengage.can_send('+447700900131', 'gb', at => '2026-03-01Z') v, smsengage.can_send_all(ARRAY['+447700900131'], 'gb', at => '2026-03-01Z') c;
-- a reader gets the same for his account, and what holds for all, whoever's row it is
CREATE ROLE gate_number_gb;
SELECT smsengage.grant_reader('gate_number_gb', 'gb');
CREATE TABLE of_owner AS SELECT s.n, s.means, v.reasons FROM stored s, smsengage.can_send(s.means, 'gb', at => '2026-03-01Z') v;
GRANT SELECT ON of_owner TO gate_number_gb;
SET ROLE gate_number_gb;
SELECT o.n, o.reasons AS owner, v.reasons AS reader, c.reasons AS of_all FROM of_owner o, smsengage.can_send(o.means, 'gb', at => '2026-03-01Z') v, smsengage.can_send_all(ARRAY[o.means], 'gb', at => '2026-03-01Z') c ORDER BY 1;
SELECT count(*) FROM smsengage_internal.odd_spellings(ARRAY['+447700900133', '+12025550134']);
SELECT * FROM smsengage_internal.odd_spellings_of(ARRAY['+447700900133'], NULL);
SELECT account, country FROM smsengage.account_country;
RESET ROLE;
-- written at home, a number is found again by the plans of its calling code and of its country, and by no others
SELECT v.*, smsengage_internal.number_tail(w) = right(n, 6) AS found, smsengage_internal.may_mean(w, n, '{}') AS meant, smsengage_internal.may_mean(w, n, ARRAY[c]) AS at_home, smsengage_internal.may_mean(w, n, '{FR,EG}') AS abroad, smsengage_internal.may_mean(w, '+12025550199', NULL) AS another
FROM (VALUES ('+447700900123', 'GB', '07700 900123'), ('+441534960123', 'JE', '01534 960123'), ('+4915123456789', 'DE', '0151/23456789'), ('+12025550123', 'US', '(202) 555-0123'), ('+12025550123', 'US', '+2025550123'), ('+61491570156', 'AU', '0491 570 156'),
	('+79123456789', 'RU', '8 (912) 345-67-89'), ('+522221234567', 'MX', '222 123 4567'), ('+5511961234567', 'BR', '(11) 96123-4567'), ('+390612345678', 'IT', '06 1234 5678'), ('+5491123456789', 'AR', '011 15-2345-6789')) v(n, c, w);
-- what is of the normal form, too short or no number has none
SELECT s, smsengage_internal.number_tail(s) FROM unnest(ARRAY['+447700900123', '+12025550123', '22000', 'ACME', '', '+1202', '+999123456789', '12025550123', '+5215512345678']) s;
-- numbering plans of another version: migrate() makes the indexes anew
COMMENT ON INDEX smsengage.block_tail_idx IS 'made with an older plan';
SELECT smsengage.migrate();
SELECT obj_description('smsengage.block_tail_idx'::regclass) = obj_description('smsengage.subscription_tail_idx'::regclass) AS the_same, obj_description('smsengage.block_tail_idx'::regclass) LIKE '%' || smsengage.numbering_source() AS of_now;
SELECT * FROM smsengage.doctor();
SELECT smsengage.drop_store(true);
DROP FUNCTION verdicts();
DROP TABLE asked, stored, of_owner;
DROP OWNED BY gate_number_gb;
DROP ROLE gate_number_gb;
