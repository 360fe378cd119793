-- The reports of reports.sh as plain SQL over event, with the same numbers:
-- each a view, of 72 days (UTC), for a moment when every deadline has passed.
-- A message is as its latest final report says, or delivered to the operator,
-- or open; parts and channels are left aside, which this traffic does not have.
CREATE SCHEMA IF NOT EXISTS plain;

CREATE OR REPLACE VIEW plain.message AS
SELECT m.message_key, m.account, m.bulk_message, m.sender_id, m.recipient, m.price, m.price_currency, m.send_time, CASE WHEN m.outcome IN (9, 10) THEN m.done_time ELSE m.send_time END AS arrived,
	CASE m.outcome WHEN 3 THEN 'not_sent' WHEN 6 THEN 'operator' WHEN 7 THEN 'expired' WHEN 8 THEN 'failed' WHEN 9 THEN 'delivered' WHEN 10 THEN 'delivered' ELSE 'unknown' END AS outcome, m.individual_no
FROM (
	SELECT e.message_key, max(e.individual_no) AS individual_no, max(e.account) AS account, max(e.bulk_message) AS bulk_message, max(e.sender_id) AS sender_id, max(e.recipient) AS recipient, max(e.price) AS price, max(e.price_currency) AS price_currency,
		coalesce(min(CASE WHEN e.status_class = 4 THEN e.event_time ELSE e.sent_time END), min(e.event_time)) AS send_time,
		max(e.event_time) FILTER (WHERE e.status_class IN (9, 10)) AS done_time,
		coalesce((max(CASE WHEN e.status_class IN (3, 7, 8, 9, 10) THEN ARRAY[extract(epoch FROM e.event_time), e.status_class] END))[2], max(e.status_class))::integer AS outcome
	FROM smsengage.event e
	WHERE e.status_class IS NOT NULL
	GROUP BY e.message_key
) m;

CREATE OR REPLACE VIEW plain.daily AS
SELECT d.day, m.sent, m.delivered, m.failed, m.expired, m.unknown, c.clicks, c.clickers, c.replies, c.unsubscribes
FROM generate_series(date '2026-01-01', date '2026-03-13', '1 day') d(day)
LEFT JOIN (
	SELECT (m.send_time AT TIME ZONE 'UTC')::date AS day, count(*) FILTER (WHERE outcome <> 'not_sent') AS sent, count(*) FILTER (WHERE outcome IN ('delivered', 'operator')) AS delivered,
		count(*) FILTER (WHERE outcome = 'failed') AS failed, count(*) FILTER (WHERE outcome = 'expired') AS expired, count(*) FILTER (WHERE outcome = 'unknown') AS unknown
	FROM plain.message m GROUP BY 1
) m ON m.day = d.day
LEFT JOIN (
	SELECT (e.event_time AT TIME ZONE 'UTC')::date AS day, count(*) FILTER (WHERE event_type = 'CLICK') AS clicks, count(DISTINCT individual_no) FILTER (WHERE event_type = 'CLICK' AND individual_no <> 0) AS clickers,
		count(*) FILTER (WHERE event_type = 'REPLY') AS replies, count(*) FILTER (WHERE event_type = 'UNSUBSCRIBE' OR event_type = 'REPLY' AND upper(btrim(message_text)) = 'STOP') AS unsubscribes
	FROM smsengage.event e WHERE e.event_type IN ('CLICK', 'REPLY', 'UNSUBSCRIBE') GROUP BY 1
) c ON c.day = d.day;

CREATE OR REPLACE VIEW plain.answer AS
SELECT a.event_type, a.event_type = 'UNSUBSCRIBE' OR upper(btrim(a.message_text)) = 'STOP' AS opts_out, l.bulk_message, l.message_key
FROM smsengage.event a
LEFT JOIN LATERAL (
	SELECT s.bulk_message, s.message_key
	FROM smsengage.event s
	WHERE s.individual_no = a.individual_no AND s.event_type = 'SENT' AND s.account = a.account AND s.sender_id = a.sender_id AND s.recipient = a.recipient
		AND s.event_time <= a.event_time AND s.event_time > a.event_time - interval '4 hours'
	ORDER BY s.event_time DESC, s.message_key LIMIT 1
) l ON true
WHERE a.event_type IN ('REPLY', 'UNSUBSCRIBE');

CREATE OR REPLACE VIEW plain.campaign AS
SELECT bulk_message, m.sent, m.delivered, m.failed, m.expired, m.unknown, coalesce(c.clicks, 0) AS clicks, coalesce(c.clickers, 0) AS clickers, coalesce(a.replies, 0) AS replies, coalesce(a.unsubscribes, 0) AS unsubscribes
FROM (
	SELECT bulk_message, count(*) FILTER (WHERE outcome <> 'not_sent') AS sent, count(*) FILTER (WHERE outcome IN ('delivered', 'operator')) AS delivered,
		count(*) FILTER (WHERE outcome = 'failed') AS failed, count(*) FILTER (WHERE outcome = 'expired') AS expired, count(*) FILTER (WHERE outcome = 'unknown') AS unknown
	FROM plain.message GROUP BY 1
) m
LEFT JOIN (SELECT bulk_message, count(*) AS clicks, count(DISTINCT individual_no) FILTER (WHERE individual_no <> 0) AS clickers FROM smsengage.event WHERE event_type = 'CLICK' GROUP BY 1) c USING (bulk_message)
LEFT JOIN (SELECT bulk_message, count(*) FILTER (WHERE event_type = 'REPLY') AS replies, count(*) FILTER (WHERE opts_out) AS unsubscribes FROM plain.answer GROUP BY 1) a USING (bulk_message);

CREATE OR REPLACE VIEW plain.link AS
SELECT link_name, count(*) AS clicks, count(DISTINCT individual_no) FILTER (WHERE individual_no <> 0) AS clickers FROM smsengage.event WHERE event_type = 'CLICK' GROUP BY 1;

CREATE OR REPLACE VIEW plain.sender AS
SELECT sender_id, count(*) AS sent, count(*) FILTER (WHERE outcome IN ('delivered', 'operator')) AS delivered FROM plain.message GROUP BY 1;

CREATE OR REPLACE VIEW plain.cost AS
SELECT price_currency, count(*) AS sent, sum(price) AS cost, sum(price) FILTER (WHERE outcome IN ('failed', 'expired')) AS wasted_cost FROM plain.message GROUP BY 1;


-- Clicks that no rule ascribes to a machine: by agent, three within two seconds,
-- less than a second after the message arrived.
CREATE OR REPLACE VIEW plain.human_click AS
SELECT c.event_time, c.individual_no, c.bulk_message, c.link_name, c.message_key
FROM (
	SELECT e.*,
		-- with the two before, the one before and the one behind, the two behind
		e.event_time - lag(e.event_time, 2) OVER w <= interval '2 seconds'
			OR lead(e.event_time) OVER w - lag(e.event_time) OVER w <= interval '2 seconds'
			OR lead(e.event_time, 2) OVER w - e.event_time <= interval '2 seconds' AS in_burst
	FROM smsengage.event e
	WHERE e.event_type = 'CLICK'
	WINDOW w AS (PARTITION BY e.individual_no ORDER BY e.event_time, e.event_key)
) c
JOIN plain.message m ON m.message_key = c.message_key
WHERE c.in_burst IS NOT TRUE
	AND c.user_agent !~* '\m\w*(bot|crawler|spider|scanner)\M'
	AND c.user_agent !~* 'facebookexternalhit|whatsapp/|telegrambot|skypeuripreview|google-pagerenderer|googlemessages|bingpreview|link ?preview'
	AND c.user_agent !~* '^(curl|wget|python|java|go-http-client|okhttp|libwww|axios|node)\M|headless'
	AND NOT (c.event_time >= m.arrived AND c.event_time < m.arrived + interval '1 second');

CREATE OR REPLACE VIEW plain.daily_human AS
SELECT d.day, m.sent, m.delivered, c.clicks, h.human_clicks, h.human_clickers
FROM generate_series(date '2026-01-01', date '2026-03-13', '1 day') d(day)
LEFT JOIN (
	SELECT (m.send_time AT TIME ZONE 'UTC')::date AS day, count(*) FILTER (WHERE outcome <> 'not_sent') AS sent, count(*) FILTER (WHERE outcome IN ('delivered', 'operator')) AS delivered
	FROM plain.message m GROUP BY 1
) m ON m.day = d.day
LEFT JOIN (SELECT (e.event_time AT TIME ZONE 'UTC')::date AS day, count(*) AS clicks FROM smsengage.event e WHERE e.event_type = 'CLICK' GROUP BY 1) c ON c.day = d.day
LEFT JOIN (SELECT (h.event_time AT TIME ZONE 'UTC')::date AS day, count(*) AS human_clicks, count(DISTINCT h.individual_no) AS human_clickers FROM plain.human_click h GROUP BY 1) h ON h.day = d.day;

CREATE OR REPLACE VIEW plain.link_human AS
SELECT link_name, count(*) AS human_clicks, count(DISTINCT individual_no) AS human_clickers FROM plain.human_click GROUP BY 1;

CREATE OR REPLACE VIEW plain.campaign_human AS
SELECT c.*, coalesce(h.human_clicks, 0) AS human_clicks, coalesce(h.human_clickers, 0) AS human_clickers
FROM plain.campaign c
LEFT JOIN (SELECT bulk_message, count(*) AS human_clicks, count(DISTINCT individual_no) AS human_clickers FROM plain.human_click GROUP BY 1) h USING (bulk_message);

-- No answer of this traffic names its message, so only clicks imply a delivery.
CREATE OR REPLACE VIEW plain.response AS
SELECT m.bulk_message, count(*) FILTER (WHERE m.outcome <> 'not_sent') AS sent, count(*) FILTER (WHERE m.outcome IN ('delivered', 'operator')) AS delivered,
	count(*) FILTER (WHERE m.reached) AS reached,
	count(DISTINCT m.individual_no) FILTER (WHERE m.outcome <> 'not_sent') AS people_sent, count(DISTINCT m.individual_no) FILTER (WHERE m.reached) AS people_reached,
	coalesce(sum(m.clicks), 0) AS clicks, coalesce(sum(m.human_clicks) FILTER (WHERE m.reached), 0) AS human_clicks,
	count(*) FILTER (WHERE m.reached AND m.human_clicks > 0) AS messages_clicked,
	count(DISTINCT m.individual_no) FILTER (WHERE m.reached AND m.human_clicks > 0) AS people_clicked,
	coalesce(sum(m.answers), 0) AS answers, coalesce(sum(m.opt_outs), 0) AS opt_outs,
	round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM m.first_human - m.arrived)::double precision) FILTER (WHERE m.reached AND m.first_human >= m.arrived))::numeric, 3) AS to_click
FROM (
	SELECT k.*, k.outcome IN ('delivered', 'operator') OR k.outcome = 'unknown' AND coalesce(h.human_clicks, 0) > 0 AS reached,
		c.clicks, h.human_clicks, h.first_human, a.answers, a.opt_outs
	FROM plain.message k
	LEFT JOIN (SELECT message_key, count(*) AS clicks FROM smsengage.event WHERE event_type = 'CLICK' GROUP BY 1) c ON c.message_key = k.message_key
	LEFT JOIN (SELECT message_key, count(*) AS human_clicks, min(event_time) AS first_human FROM plain.human_click GROUP BY 1) h ON h.message_key = k.message_key
	LEFT JOIN (SELECT message_key, count(*) AS answers, count(*) FILTER (WHERE opts_out) AS opt_outs FROM plain.answer GROUP BY 1) a ON a.message_key = k.message_key
) m
GROUP BY 1;
