-- What each rule means where account, purpose or zone are not stated: the
-- strictest of those that the caller may see. The table is in the manual.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET client_min_messages = warning;
DO $$ BEGIN PERFORM smsengage.create_store(); END $$;
-- A and B have been met, C has rules only, D has nothing
SELECT sum(accepted) FROM unnest(ARRAY['A', 'B']) a, LATERAL smsengage.ingest('native', json_build_object('event_type', 'SENT', 'event_time', '2026-03-01T11:00:00Z', 'recipient', '+442079460001', 'account', a, 'sender_id', '1', 'message_id', 'm')::text) i;
CREATE TABLE ask (no integer, how text, account text, purpose text);
INSERT INTO ask VALUES (1, 'A', 'A', 'marketing'), (2, 'B', 'B', 'marketing'), (3, 'C', 'C', 'marketing'), (4, 'never met', 'D', 'marketing'), (5, 'nothing', NULL, 'marketing'), (6, 'A, no purpose', 'A', NULL), (7, 'A, confirmation', 'A', 'confirmation');
CREATE FUNCTION verdicts(at timestamptz, message_text text DEFAULT NULL) RETURNS TABLE (how text, allowed boolean, reasons text[], earliest timestamptz, "all is the same" boolean) LANGUAGE sql AS $$
	SELECT k.how, v.allowed, v.reasons, v.earliest, (c.reasons, c.earliest, c.subcategory) IS NOT DISTINCT FROM (v.reasons, v.earliest, v.subcategory)
	FROM ask k, smsengage.can_send('+442079460000', k.account, '1', message_text, k.purpose, at) v, smsengage.can_send_all(ARRAY['+442079460000'], k.account, '1', message_text, k.purpose, at) c
	ORDER BY k.no $$;
GRANT EXECUTE ON FUNCTION verdicts(timestamptz, text) TO PUBLIC;
-- quiet hours: of each account by itself, each in turn
INSERT INTO smsengage.quiet_hours (account, purpose, quiet_start, quiet_end) VALUES
	('', '', '22:00', '06:00'), ('A', '', '10:00', '11:00'), ('B', '', '11:00', '12:00'), ('C', '', '12:00', '12:30'), ('A', 'service', '13:00', '14:00'), ('A', 'confirmation', '15:00', '16:00');
SELECT * FROM verdicts('2026-03-02 23:00Z');
SELECT * FROM verdicts('2026-03-02 10:30Z');
SELECT * FROM verdicts('2026-03-02 11:30Z');
SELECT * FROM verdicts('2026-03-02 13:30Z');
SELECT * FROM verdicts('2026-03-02 15:30Z');
-- the windows of several accounts end one after the other; some leave no moment
SELECT v.reasons, v.earliest FROM smsengage.can_send('+442079460000', at => '2026-03-02 10:00Z') v;
INSERT INTO smsengage.quiet_hours (account, quiet_start, quiet_end) VALUES ('N', '06:00', '15:00'), ('M', '15:00', '22:00');
SELECT v.reasons, v.earliest FROM smsengage.can_send('+442079460000', at => '2026-03-02 10:00Z') v;
DELETE FROM smsengage.quiet_hours WHERE account IN ('N', 'M');
-- numbers without a place: the zone of each window
INSERT INTO smsengage.quiet_hours (account, valid_from, quiet_start, quiet_end, fallback_zone) VALUES ('B', '2026-01-01Z', '11:00', '12:00', 'Asia/Tokyo');
SELECT at, v.reasons, v.earliest FROM unnest(ARRAY[timestamptz '2026-03-02 02:30Z', '2026-03-02 10:30Z', '2026-03-02 11:30Z']) at, smsengage.can_send('+88299912345', at => at) v;
SELECT at, v.reasons, v.earliest FROM unnest(ARRAY[timestamptz '2026-03-02 10:30Z']) at, smsengage.can_send('+88299912345', at => at, zone => 'Asia/Tokyo') v;
-- at every quarter hour: quiet without an account where it is quiet for one, and the end that is told is loud for all
DELETE FROM smsengage.quiet_hours WHERE valid_from > '-infinity';
SELECT count(*), count(*) FILTER (WHERE n.quiet) AS quiet, count(*) FILTER (WHERE n.quiet <> n.by_one) AS different, count(*) FILTER (WHERE n.quiet AND n.loud_at_end IS NOT TRUE) AS wrong_end
FROM (
	SELECT 'quiet_hours' = ANY (v.reasons) AS quiet, (SELECT bool_or('quiet_hours' = ANY (o.reasons)) FROM unnest(ARRAY['A', 'B', 'C', 'E']) a, smsengage.can_send(r, a, at => at) o) AS by_one,
		(SELECT bool_and(NOT 'quiet_hours' = ANY (o.reasons)) FROM unnest(ARRAY['A', 'B', 'C', 'E']) a, smsengage.can_send(r, a, at => v.earliest) o) AS loud_at_end
	FROM generate_series(timestamptz '2026-03-07Z', '2026-03-09Z', '15 minutes') at, unnest(ARRAY['+442079460000', '+61491570156']) r, smsengage.can_send(r, at => at) v) n;
-- who sees the rules of one account is held to those, and to what holds for all
CREATE ROLE gate_rules_a;
SELECT smsengage.grant_reader('gate_rules_a', 'A');
SET ROLE gate_rules_a;
SELECT at, v.reasons, c.reasons AS of_all FROM unnest(ARRAY[timestamptz '2026-03-02 10:30Z', '2026-03-02 11:30Z', '2026-03-02 23:00Z']) at, smsengage.can_send('+442079460000', at => at) v, smsengage.can_send_all(ARRAY['+442079460000'], at => at) c;
RESET ROLE;
DELETE FROM smsengage.quiet_hours;
-- texts that any account refuses
INSERT INTO smsengage.content_rule (account, rule, pattern) VALUES ('B', 'loans', 'fast loan');
SELECT * FROM verdicts('2026-03-02 12:00Z', 'A fast loan');
-- countries that any account refuses
INSERT INTO smsengage.country_rule (account, country, supported) VALUES ('B', 'GB', false);
SELECT * FROM verdicts('2026-03-02 12:00Z');
DELETE FROM smsengage.country_rule;
-- caps of any account, each counted by itself; of any purpose but confirmation
INSERT INTO smsengage.frequency_cap (account, period, max_messages) VALUES ('B', '1 day', 1);
SELECT k.how, v.reasons, c.reasons = v.reasons AS same FROM ask k, smsengage.can_send('+442079460001', k.account, NULL, NULL, k.purpose, '2026-03-01 12:00Z') v, smsengage.can_send_all(ARRAY['+442079460001'], k.account, NULL, NULL, k.purpose, '2026-03-01 12:00Z') c ORDER BY k.no;
DELETE FROM smsengage.frequency_cap;
INSERT INTO smsengage.frequency_cap (account, purpose, period, max_messages) VALUES ('A', 'service', '1 day', 1), ('A', 'confirmation', '2 days', 5);
SELECT p, v.reasons, c.reasons = v.reasons AS same FROM unnest(ARRAY['marketing', 'service', 'confirmation', '', NULL]) WITH ORDINALITY u(p, n), smsengage.can_send('+442079460001', 'A', NULL, NULL, p, '2026-03-01 12:00Z') v, smsengage.can_send_all(ARRAY['+442079460001'], 'A', NULL, NULL, p, '2026-03-01 12:00Z') c ORDER BY n;
-- arrays that do not fit are refused
SELECT smsengage_internal.quiet_until(NULL, 'UTC', NULL, '2026-03-01Z', '{10:00}', '{}');
SELECT smsengage_internal.quiet_until(NULL, 'UTC', NULL, '2026-03-01Z', '{NULL}', '{10:00}');
SELECT smsengage_internal.quiet_until(NULL, NULL, '{UTC}', '2026-03-01Z', '{10:00,11:00}', '{11:00,12:00}');
SELECT smsengage.drop_store(true);
DROP FUNCTION verdicts(timestamptz, text);
DROP TABLE ask;
DROP OWNED BY gate_rules_a;
DROP ROLE gate_rules_a;
