CREATE TABLE IF NOT EXISTS smsengage.event (
	:each event_columns: :name: :type: :rules:,
	CONSTRAINT event_pkey PRIMARY KEY (event_time, event_key)
) PARTITION BY RANGE (event_time);
CREATE INDEX IF NOT EXISTS event_individual_no_idx ON smsengage.event (individual_no, event_time);
-- few rows of event are in these; reports on clicks and answers need no others
CREATE INDEX IF NOT EXISTS event_click_idx ON smsengage.event (event_time) INCLUDE (event_key, individual_no, message_key, part)
	WHERE event_type = 'CLICK';
CREATE INDEX IF NOT EXISTS event_agent_idx ON smsengage.event ((left(user_agent, 250)) COLLATE "C", event_time) WHERE event_type = 'CLICK';
-- what tallies do not tell of the arrival of messages
CREATE INDEX IF NOT EXISTS event_part_idx ON smsengage.event (event_time) INCLUDE (message_key)
	WHERE :UNTALLIED_ARRIVAL():;
CREATE INDEX IF NOT EXISTS event_sent_time_idx ON smsengage.event (sent_time) INCLUDE (message_key)
	WHERE sent_time IS NOT NULL AND status_class IS NOT NULL;
CREATE INDEX IF NOT EXISTS event_answer_idx ON smsengage.event (event_time)
	INCLUDE (event_key, message_key, event_type, account, recipient, sender_id, bulk_message)
	WHERE :ANSWER():;

COMMENT ON TABLE smsengage.event IS 'One row per event, as a provider reported it; never updated. Partitioned by month of event_time (UTC).';
:each event_columns: COMMENT ON COLUMN smsengage.event.:name: IS ':comment:';
