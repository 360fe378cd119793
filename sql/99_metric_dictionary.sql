-- What every number of the reports means.  A test holds that each of their
-- columns is in here.

CREATE VIEW smsengage.metric_dictionary AS
	SELECT d.metric, d.formula, d.numerator, d.denominator, d.unit, d.date_basis, d.caveat
	FROM (VALUES
		('attempted'::pg_catalog.text, 'messages that were asked for'::pg_catalog.text, NULL::pg_catalog.text, NULL::pg_catalog.text, 'messages'::pg_catalog.text, 'send date'::pg_catalog.text, 'Only messages with an id: an event that names none is counted by event date only.'::pg_catalog.text),
		('not_sent', 'messages that never reached the aggregator or operator', NULL, NULL, 'messages', 'send date', NULL),
		('sent', 'attempted - not_sent = delivered + failed + expired + pending + unknown', NULL, NULL, 'messages', 'send date', 'A message to one recipient, never a part.'),
		('delivered', 'delivered_handset + delivered_operator', NULL, NULL, 'messages', 'send date', 'A multi-part message counts when every known part is delivered.'),
		('delivered_handset', 'messages that the handset confirmed', NULL, NULL, 'messages', 'send date', 'In some countries operators confirm for the handset.'),
		('delivered_operator', 'messages confirmed no further than the operator', NULL, NULL, 'messages', 'send date', 'Not final: it may still become delivered_handset or failed.'),
		('failed', 'messages with a final failure after the hand-over', NULL, NULL, 'messages', 'send date', 'A multi-part message counts when any part failed.'),
		('expired', 'messages whose validity ended', NULL, NULL, 'messages', 'send date', NULL),
		('pending', 'open messages within the deadline of their provider', NULL, NULL, 'messages', 'send date', 'Deadlines: delivery_deadline; counted from the quarter hour of sending.'),
		('unknown', 'open messages past the deadline of their provider', NULL, NULL, 'messages', 'send date', 'Neither failed nor delivered.'),
		('not_delivered', 'failed + expired', NULL, NULL, 'messages', 'send date', NULL),
		('possibly_delivered', 'delivered + pending + unknown', NULL, NULL, 'messages', 'send date', NULL),
		('settled', 'delivered + failed + expired', NULL, NULL, 'messages', 'send date', 'Contains delivered_operator.'),
		('parts', 'billed parts of the messages sent', NULL, NULL, 'parts', 'send date', 'As the provider says, else as many as were reported, at least 1.'),
		('delivery_rate', 'delivered / sent', 'delivered', 'sent', 'ratio', 'send date', 'NULL if sent is 0. Provisional while settled_share is below 1.'),
		('delivery_rate_low', 'delivered / sent', 'delivered', 'sent', 'ratio', 'send date', 'As if every open message were lost.'),
		('delivery_rate_high', 'possibly_delivered / sent', 'possibly_delivered', 'sent', 'ratio', 'send date', 'As if every open message arrived. For Salesforce''s MessageEngagement, which has no Delivered, the only bound there is.'),
		('delivery_rate_settled', 'delivered / settled', 'delivered', 'settled', 'ratio', 'send date', 'Only decided messages; read it with settled_share.'),
		('settled_share', 'settled / sent', 'settled', 'sent', 'ratio', 'send date', 'Below 1 the row is provisional.'),
		('failure_rate', 'not_delivered / sent', 'not_delivered', 'sent', 'ratio', 'send date', NULL),
		('handover_rate', 'sent / attempted', 'sent', 'attempted', 'ratio', 'send date', NULL),
		('clicks', 'events of type CLICK', NULL, NULL, 'events', 'event date', 'Machines included: beside it stands human_clicks.'),
		('unique_clickers', 'different people with a click', NULL, NULL, 'people', 'event date', 'Exact. Does not add up over rows: days, links and campaigns share people. Events of nobody known are not in it.'),
		('human_clicks', 'clicks that no rule of machine_click_rule ascribes to a machine', NULL, NULL, 'events', 'event date', 'By the rules as they stand when it is read. NULL where it was not asked for.'),
		('human_clickers', 'different people with at least one human click', NULL, NULL, 'people', 'event date', 'As human_clicks.'),
		('replies', 'events of type REPLY', NULL, NULL, 'events', 'event date', 'By campaign: of the message the provider names, else of the last one to the number within the window; the rest is in the row without a campaign.'),
		('subscribes', 'events of type SUBSCRIBE', NULL, NULL, 'events', 'event date', 'By campaign: as replies.'),
		('unsubscribes', 'events of type UNSUBSCRIBE', NULL, NULL, 'events', 'event date', 'By campaign: as replies.'),
		('helps', 'events of type HELP', NULL, NULL, 'events', 'event date', 'By campaign: as replies.'),
		('list_growth', 'subscribes - unsubscribes', NULL, NULL, 'events', 'event date', 'Events, not people.'),
		('sent_by_event_date', 'events of type SENT', NULL, NULL, 'events', 'event date', 'Contains events that name no message, as Salesforce''s.'),
		('not_sent_by_event_date', 'events of type NOT_SENT', NULL, NULL, 'events', 'event date', NULL),
		('delivered_by_event_date', 'events of type DELIVERED', NULL, NULL, 'events', 'event date', 'Reports, not messages: a provider may report one message several times.'),
		('undelivered_by_event_date', 'events of type UNDELIVERED or REJECTED', NULL, NULL, 'events', 'event date', 'As delivered_by_event_date.'),
		('expired_by_event_date', 'events of type EXPIRED', NULL, NULL, 'events', 'event date', 'As delivered_by_event_date.'),
		('seen_by_event_date', 'events of type SEEN', NULL, NULL, 'events', 'event date', 'Only channels that tell; SMS does not.'),
		('confirmations', 'events of type CONFIRMATION', NULL, NULL, 'events', 'event date', NULL),
		('events', 'events of the type', NULL, NULL, 'events', 'event date', 'A multi-part message counts once, by its first part.'),
		('individuals', 'different people with an event of the type', NULL, NULL, 'people', 'event date', 'Does not add up over rows. Equals segment_size() of the same condition.'),
		('priced', 'messages sent that have a price', NULL, NULL, 'messages', 'send date', 'Prices may come late.'),
		('cost', 'sum of message_cost() of the messages sent', NULL, NULL, 'price_currency', 'send date', 'Never across currencies. Infobip states the price of a part, the others of a message: price_basis.'),
		('cost_delivered', 'sum of message_cost() of the messages delivered', NULL, NULL, 'price_currency', 'send date', NULL),
		('wasted_cost', 'sum of message_cost() of the messages failed or expired', NULL, NULL, 'price_currency', 'send date', NULL),
		('priced_share', 'priced / sent', 'priced', 'sent', 'ratio', 'send date', 'Below 1, cost is a lower bound.'),
		('cost_per_delivered', 'cost / delivered messages with a price', 'cost', 'delivered messages with a price', 'price_currency', 'send date', 'NULL without one.'),
		('cost_per_message', 'cost / priced', 'cost', 'priced', 'price_currency', 'send date', NULL),
		('measured', 'delivered messages with both times, not reversed', NULL, NULL, 'messages', 'send date', NULL),
		('negative', 'delivered messages done before they were sent', NULL, NULL, 'messages', 'send date', 'Clocks that contradict each other; not in the percentiles.'),
		('p50_seconds', 'percentile_cont(0.5) of done - sent of measured', NULL, NULL, 'seconds', 'send date', 'Receipt latency as the provider sees it: receipts may lag by hours.'),
		('p90_seconds', 'percentile_cont(0.9) of done - sent of measured', NULL, NULL, 'seconds', 'send date', 'As p50_seconds.'),
		('p95_seconds', 'percentile_cont(0.95) of done - sent of measured', NULL, NULL, 'seconds', 'send date', 'As p50_seconds.'),
		('p99_seconds', 'percentile_cont(0.99) of done - sent of measured', NULL, NULL, 'seconds', 'send date', 'As p50_seconds.'),
		('within_5_seconds', 'measured within 5 s / measured', 'measured within 5 s', 'measured', 'ratio', 'send date', 'Open messages are not in it: read it with settled_share.'),
		('within_1_minute', 'measured within 1 min / measured', 'measured within 1 min', 'measured', 'ratio', 'send date', 'As within_5_seconds.'),
		('within_1_hour', 'measured within 1 h / measured', 'measured within 1 h', 'measured', 'ratio', 'send date', 'As within_5_seconds.'),
		('unreachable_rate', 'messages failed for a bad number, an unreachable phone or an opt-out / sent', 'messages failed for these', 'sent', 'ratio', 'send date', 'health() only; kinds of issue: delivery_issue_reason.'),
		('carrier_rate', 'messages failed for the carrier, the content, the country or an unknown reason / sent', 'messages failed for these', 'sent', 'ratio', 'send date', 'health() only.'),
		('click_rate', 'people with a click / people with a delivery report, both of the period', 'unique_clickers', 'people with a DELIVERED event', 'ratio', 'event date', 'health() only. Machines included.'),
		('unsubscribe_rate', 'unsubscribes / people with a delivery report, both of the period', 'unsubscribes', 'people with a DELIVERED event', 'ratio', 'event date', 'health() only.')
	) AS d (metric, formula, numerator, denominator, unit, date_basis, caveat);
COMMENT ON VIEW smsengage.metric_dictionary IS 'What every number of the reports means: key is metric, the name of the column in every report and view that has it';
COMMENT ON COLUMN smsengage.metric_dictionary.metric IS 'name of the column';
COMMENT ON COLUMN smsengage.metric_dictionary.formula IS 'how it is computed, from other metrics where possible';
COMMENT ON COLUMN smsengage.metric_dictionary.numerator IS 'numerator of a rate; null if it is none';
COMMENT ON COLUMN smsengage.metric_dictionary.denominator IS 'denominator of a rate; a rate is null where it is 0';
COMMENT ON COLUMN smsengage.metric_dictionary.unit IS 'messages, parts, events, people, seconds, ratio (0 to 1) or price_currency';
COMMENT ON COLUMN smsengage.metric_dictionary.date_basis IS 'send date: counted on the day the message was sent; event date: on the day the event happened';
COMMENT ON COLUMN smsengage.metric_dictionary.caveat IS 'what to keep in mind';
GRANT SELECT ON smsengage.metric_dictionary TO PUBLIC;
