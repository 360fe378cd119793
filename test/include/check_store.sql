-- What is merged in the store and is not the merge of the events there; no
-- row when all is well.
SELECT 'message' AS what, message_key::text AS which
FROM smsengage.message m FULL JOIN (
	SELECT message_key, smsengage.merge(smsengage.event_state(provider, status_class, status_code, error_code, channel, part,
														  event_time, sent_time, time_source)) AS state,
		   min(event_time) AS first_time, max(event_time) AS last_time
	FROM smsengage.event WHERE message_key IS NOT NULL AND status_class IS NOT NULL GROUP BY message_key
) e USING (message_key)
WHERE e.state IS NULL OR m.state IS NULL OR e.state::text <> m.state::text OR
	  (e.first_time, e.last_time) <> (m.first_time, m.last_time)
UNION ALL
SELECT 'person', e.individual_no::text
FROM smsengage.event e LEFT JOIN smsengage.individual i USING (individual_no)
WHERE i.individual_no IS NULL AND e.individual_no <> 0
UNION ALL
SELECT 'contact point', individual_no::text
FROM smsengage.contact_point c FULL JOIN (
	SELECT individual_no, recipient, max((event_time AT TIME ZONE 'UTC')::date) AS last_day
	FROM smsengage.event WHERE individual_no > 0 AND individual_id IS NOT NULL AND recipient <> '' GROUP BY 1, 2
) e USING (individual_no, recipient)
WHERE c.last_day IS DISTINCT FROM e.last_day
UNION ALL
SELECT 'tally', concat_ws(' ', series_no, level, cell_start, chunk)
FROM smsengage.check_tallies();
