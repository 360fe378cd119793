-- What people do with messages, by the day these were sent, against small data
-- computed by hand; opt-outs by keyword; links without a name; tests; sums that
-- outlive an erasure.
\getenv abs_srcdir PG_ABS_SRCDIR
\set ECHO none
\set include :abs_srcdir '/include/reports.sql'
\i :include
\set ECHO all
\pset format unaligned
\pset null '-'
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
SELECT smsengage.create_store();

-- r1 to r8 of the send "may": r1 r2 r3 delivered, r4 failed, r5 r6 open, r7 not sent, r8 expired; all at 10:00, delivered at 10:00:10
SELECT pg_temp.put('SENT', 'r' || n, '2026-05-04 10:00Z', jsonb_build_object('bulk_message', 'may', 'recipient', '+1202555010' || n, 'individual_id', 'p' || n, 'sender_id', '1000', 'price', 0.1, 'price_currency', 'EUR'))
FROM unnest('{1,2,3,4,5,6,8}'::integer[]) n;
SELECT pg_temp.put('DELIVERED', 'r' || n, '2026-05-04 10:00:10Z', jsonb_build_object('recipient', '+1202555010' || n, 'individual_id', 'p' || n)) FROM generate_series(1, 3) n;
SELECT pg_temp.put('UNDELIVERED', 'r4', '2026-05-04 10:01Z', '{"error_text":"Recipient number was unreachable"}'), pg_temp.put('EXPIRED', 'r8', '2026-05-05 10:00Z');
-- the gate refused r7: its number is blocked for all, by an earlier failure
SELECT smsengage.add_block('+12025550107', 500, 'shop', '2026-05-01', 'bounced');
SELECT smsengage.log_not_sent('+12025550107', '{global_block}', 'shop', '1000', 'r7', '2026-05-04 10:00Z');
-- a test: in no number
SELECT pg_temp.put('SENT', 't1', '2026-05-04 10:00Z', '{"bulk_message":"may","recipient":"+12025550199","callback_data":"{\"test\":true}","price":5,"price_currency":"EUR"}');
-- clicks: r1 twice, after 20 and 110 s; r2 once, a day later; r5, which is open; r4, which failed; r3 by a machine
SELECT pg_temp.put('CLICK', m, at, jsonb_build_object('individual_id', 'p' || right(m, 1), 'recipient', '+1202555010' || right(m, 1), 'user_agent', agent, 'link_name', link, 'link_url', 'https://shop.example/' || right(m, 1)))
FROM (VALUES ('r1', timestamptz '2026-05-04 10:00:30Z', 'phone', 'sale'), ('r1', '2026-05-04 10:02Z', 'phone', NULL), ('r2', '2026-05-05 10:00:10Z', 'phone', NULL), ('r5', '2026-05-04 10:05Z', 'phone', NULL),
	('r4', '2026-05-04 10:06Z', 'phone', NULL), ('r3', '2026-05-04 10:07Z', 'Googlebot/2.1', NULL)) c(m, at, agent, link);
-- answers: r1 asks for the opening hours, r2 sends STOP as a plain reply (as Infobip does), r3 opts out by an event of the type, r6 uses a keyword of the shop's
INSERT INTO smsengage.keyword (account, keyword, action, valid_from, reply_group) VALUES ('shop', 'HALLO', 'REPLY', '2026-05-01', 'greeting'), ('shop', 'GENUG', 'STOP', '2026-05-01', NULL);
SELECT pg_temp.put('REPLY', NULL, '2026-05-04 10:10:10Z', '{"recipient":"+12025550101","sender_id":"1000","message_text":"when do you open?"}'),
	pg_temp.put('REPLY', NULL, '2026-05-04 10:20:10Z', '{"recipient":"+12025550102","sender_id":"1000","message_text":"Stop"}'),
	pg_temp.put('UNSUBSCRIBE', NULL, '2026-05-04 10:30:10Z', '{"recipient":"+12025550103","sender_id":"1000","keyword":"STOP","message_text":"STOP"}'),
	pg_temp.put('REPLY', NULL, '2026-05-04 10:40Z', '{"recipient":"+12025550106","sender_id":"1000","message_text":"genug"}'),
	pg_temp.put('REPLY', NULL, '2026-05-04 10:41Z', '{"recipient":"+12025550105","sender_id":"1000","message_text":"hallo"}'),
	-- before the keyword was one, of a stranger who opts in, and of one whose word only the provider knows
	pg_temp.put('REPLY', NULL, '2026-04-30 10:00Z', '{"recipient":"+12025550106","sender_id":"1000","message_text":"genug"}'),
	pg_temp.put('REPLY', NULL, '2026-05-04 12:00Z', '{"recipient":"+12025550198","sender_id":"1000","message_text":"START"}'),
	pg_temp.put('REPLY', NULL, '2026-05-05 12:00Z', '{"recipient":"+12025550197","sender_id":"1000","message_text":"arret","keyword":"STOP"}');
-- and again, as providers do
SELECT pg_temp.put('REPLY', NULL, '2026-05-04 10:20:10Z', '{"recipient":"+12025550102","sender_id":"1000","message_text":"Stop"}') FROM generate_series(1, 3);

-- opt-outs: r2, r3, r6 and one that answers no message, everywhere the same, and the same as the subscriptions say
SELECT bulk_message, replies, subscribes, unsubscribes FROM smsengage.campaign_report('2026-05-04', '2026-05-06');
SELECT day, replies, subscribes, unsubscribes, list_growth FROM smsengage.daily_report('UTC', '2026-04-30', '2026-05-06') WHERE replies > 0;
SELECT sum(replies) AS replies, sum(unsubscribes) AS unsubscribes FROM smsengage.daily_event_report('UTC', '2026-04-30', '2026-05-06');
SELECT metric, numerator FROM smsengage.health('2026-05-04', '2026-05-06') WHERE metric = 'unsubscribe_rate';
SELECT bulk_message, replies, unsubscribes, unsubscribed_people FROM smsengage.customer_engagement_report ORDER BY 1;
SELECT recipient, response, keyword_group, event_type FROM smsengage.keyword_reply_report ORDER BY reply_time;
SELECT count(*) AS unsubscribed FROM smsengage.subscription WHERE state = 'UNSUBSCRIBED';
-- a keyword that is taken away later changes nothing: it held when it was written
INSERT INTO smsengage.keyword (account, keyword, action, valid_from) VALUES ('shop', 'GENUG', 'NONE', '2026-05-10');
SELECT unsubscribes FROM smsengage.campaign_report('2026-05-04', '2026-05-06') WHERE bulk_message = 'may';

-- by send date: 7 sent, 3 delivered, r5 arrived as it was clicked; r6 is open still, for its answer is only attributed; r4 is a contradiction
\x
SELECT * FROM smsengage.response_report('2026-05-04', '2026-05-05', at => '2026-05-06');
\x
-- only what happened until then; by day of a zone; attribution of nothing
SELECT value, human_clicks_by_send_date, messages_clicked, answers FROM smsengage.response_report('2026-05-04', '2026-05-05', at => '2026-05-04 10:01Z');
SELECT value, sent, messages_clicked, messages_answered FROM smsengage.response_report('2026-05-03', '2026-05-06', 'Asia/Kathmandu', breakdown => 'day', at => '2026-05-06');
SELECT value, answers FROM smsengage.response_report('2026-05-04', '2026-05-05', attribution => '0', at => '2026-05-06');
-- every breakdown has the same sums, and those of campaign_report
SELECT b, sum(r.sent) AS sent, sum(r.delivered) AS delivered, sum(r.clicks_by_send_date) AS clicks, sum(r.answers) AS answers
FROM unnest('{"",day,account,provider,channel,bulk_message,sender_id,country}'::text[]) b, smsengage.response_report('2026-05-04', '2026-05-05', breakdown => b, at => '2026-05-06') r GROUP BY b ORDER BY b COLLATE "C";
SELECT sum(sent) AS sent, sum(delivered) AS delivered FROM smsengage.campaign_report('2026-05-04', '2026-05-05', at => '2026-05-06');
SELECT pg_temp.sums('2026-05-01', '2026-06-01', '2026-05-06');
-- a report and a segment count the same people
SELECT people_clicked, smsengage.segment_size('click >= 1 between ''2026-05-04'' and ''2026-05-06''', '2026-06-01') AS clicked_of_all FROM smsengage.response_report('2026-05-04', '2026-05-05', breakdown => '', at => '2026-05-06');
-- by event date, over the reports of the day
SELECT day, delivered_by_event_date, clicks, click_rate_by_event_date, reply_rate_by_event_date, unsubscribe_rate_by_event_date, help_rate_by_event_date FROM smsengage.daily_event_report('UTC', '2026-05-04', '2026-05-06');

-- links: by name, and by URL where there is none; the label of machines holds there too
SELECT * FROM smsengage.link_report('2026-05-04', '2026-05-06');
SELECT * FROM smsengage.link_report('2026-05-04', '2026-05-06', human => false) WHERE link_name IS NULL ORDER BY link_url LIMIT 1;
SELECT sum(r.clicks) = (SELECT sum(d.clicks) FROM smsengage.daily_report('UTC', '2026-05-04', '2026-05-06') d) AS all_clicks FROM smsengage.link_report('2026-05-04', '2026-05-06') r;

-- cost: seven priced at 0.10; four human clicks on three messages that arrived; r4 and r8 are wasted
SELECT price_currency, sent, delivered, delivered_priced, cost, wasted_cost, forbidden_cost, human_clicks_by_send_date, messages_clicked, cost_per_human_click, cost_per_message_clicked FROM smsengage.cost_report('2026-05-04', '2026-05-05', at => '2026-05-06');
SELECT forbidden_cost, human_clicks_by_send_date, cost_per_human_click FROM smsengage.cost_report('2026-05-04', '2026-05-05', at => '2026-05-06', human => false);
-- sent to who had opted out, and to a blocked number; to who had not, not; failed ones are wasted already
SELECT pg_temp.put('SENT', m, '2026-05-06 10:00Z', jsonb_build_object('recipient', recipient, 'sender_id', sender, 'price', 0.1, 'price_currency', 'EUR'))
FROM (VALUES ('f1', '+12025550102', '1000'), ('f2', '+12025550102', '2000'), ('f3', '+12025550107', '1000'), ('f4', '+12025550101', '1000'), ('f5', '+12025550103', '1000')) v(m, recipient, sender);
SELECT pg_temp.put('UNDELIVERED', 'f5', '2026-05-06 10:01Z');
SELECT m.message_id, f.reason FROM smsengage.forbidden_sends('2026-05-06', '2026-05-07') f JOIN smsengage.message m USING (message_key) ORDER BY 1;
SELECT sent, cost, wasted_cost, forbidden_cost FROM smsengage.cost_report('2026-05-06', '2026-05-07', at => '2026-05-07');

-- what a block list stopped, and why messages failed
SELECT * FROM smsengage.block_report('2026-05-04', '2026-05-05', at => '2026-05-06');
SELECT * FROM smsengage.failure_report('2026-05-04', '2026-05-05', at => '2026-05-06');
SELECT sum(f.issue_messages) = min(r.not_delivered) AS adds_up FROM smsengage.failure_report('2026-05-04', '2026-05-05', at => '2026-05-06') f, smsengage.daily_report('UTC', '2026-05-04', '2026-05-05', at => '2026-05-06') r;
SELECT message_id, status, subcategory FROM smsengage.sms_status WHERE status = 'Process failed';

-- still on their way: delivered after 10, 20 and 40 s, one open since 15 s, one since 30 s.  Share waiting: 4/5 from 10 s, 4/5 * 2/3 from 20 s,
-- then 0 at 40 s, as the other two are not followed any longer
SELECT pg_temp.put('SENT', 'k' || s, '2026-05-20 10:01Z'::timestamptz - make_interval(secs => s), '{"bulk_message":"slow"}') FROM unnest('{15,30,10,20,40}'::integer[]) s;
SELECT pg_temp.put('DELIVERED', 'k' || s, '2026-05-20 10:01Z') FROM unnest('{10,20,40}'::integer[]) s;
SELECT delivered_handset, measured, p50_seconds, censored, p50_seconds_censored, p90_seconds_censored FROM smsengage.time_to_deliver('2026-05-20', '2026-05-21', at => '2026-05-20 10:01Z');
-- most are open: nobody can tell
SELECT pg_temp.put('SENT', 'w' || s, '2026-05-21 10:00Z') FROM generate_series(1, 3) s;
SELECT pg_temp.put('DELIVERED', 'w1', '2026-05-21 10:00:05Z');
SELECT delivered_handset, p50_seconds, censored, p50_seconds_censored FROM smsengage.time_to_deliver('2026-05-21', '2026-05-22', at => '2026-05-21 10:01Z');
SELECT * FROM smsengage.response_report(breakdown => 'colour');
SELECT * FROM smsengage.response_report('2026-05-05', '2026-05-04');
SELECT * FROM smsengage.response_report(attribution => '-1 hour');
SELECT * FROM smsengage.response_report('2027-05-04', '2027-05-05');

-- a number is forgotten and its sums stay: doctor() is content, reports count it still, also after a fold and a rebuild
SET client_min_messages = warning;
CREATE TEMP TABLE before AS SELECT r.* FROM smsengage.campaign_report('2026-05-04', '2026-05-05', at => '2026-05-06') r;
SELECT part, erased FROM smsengage.forget('+12025550101', keep_sums => true, force => true, at => '2026-06-01') WHERE part IN ('event', 'message');
SELECT * FROM smsengage.doctor();
SELECT b.sent = r.sent AND b.delivered = r.delivered AS kept FROM before b JOIN smsengage.campaign_report('2026-05-04', '2026-05-05', at => '2026-05-06') r USING (bulk_message);
CALL smsengage.fold();
CALL smsengage.rebuild('outcome_tally');
SELECT * FROM smsengage.doctor();
SELECT b.sent = r.sent AND b.delivered = r.delivered AS kept FROM before b JOIN smsengage.campaign_report('2026-05-04', '2026-05-05', at => '2026-05-06') r USING (bulk_message);
-- without keep_sums they go
SELECT part, erased FROM smsengage.forget('+12025550102', force => true, at => '2026-06-01') WHERE part = 'message';
SELECT b.sent - r.sent AS fewer FROM before b JOIN smsengage.campaign_report('2026-05-04', '2026-05-05', at => '2026-05-06') r USING (bulk_message);
SELECT * FROM smsengage.doctor();
-- and what is wrong is found all the same
UPDATE smsengage.outcome_tally SET messages = messages + 1 WHERE level = 3 AND outcome = 'expired';
SELECT part, problem FROM smsengage.doctor();
CALL smsengage.rebuild('outcome_tally');
SELECT smsengage.drop_store(true);
