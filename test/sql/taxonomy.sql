-- Look-up of provider codes.  Each block names the trap it guards against.
\pset null -

-- Tables are sorted for the binary search and free of duplicates, and the
-- look-up finds every row.
WITH c AS (
	SELECT *, length(code) AS len, lower(code) COLLATE "C" AS folded, coalesce(group_id, -1) AS grp
	FROM smsengage.status_codes() WITH ORDINALITY
), p AS (
	SELECT *, lag((len, folded, grp)) OVER (PARTITION BY provider, event_class ORDER BY ordinality) AS previous
	FROM c
)
SELECT count(*) AS rows, count(*) FILTER (WHERE NOT (len, folded, grp) > previous) AS misplaced
FROM p;
SELECT provider, event_class, group_id, code
FROM smsengage.status_code AS c
WHERE (smsengage.status_class(provider, event_class, group_id, code),
	   smsengage.status_group(provider, event_class, group_id, code),
	   smsengage.is_permanent(provider, event_class, group_id, code),
	   smsengage.opt_out_scope(provider, event_class, group_id, code))
	  IS DISTINCT FROM (status_class, status_group, permanent, opt_out);
SELECT provider, event_class, group_id, code, count(*)
FROM smsengage.status_code GROUP BY 1, 2, 3, 4 HAVING count(*) > 1;

-- Nothing is missing from the published lists.
SELECT provider, event_class, group_id, group_name, count(*),
	   count(*) FILTER (WHERE permanent) AS permanent, count(*) FILTER (WHERE NOT permanent) AS temporary
FROM smsengage.status_code GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3;
SELECT count(*) FILTER (WHERE code::int BETWEEN 15000 AND 15203) AS mms,
	   count(*) FILTER (WHERE code::int BETWEEN 4106 AND 4158) AS dlt,
	   count(*) FILTER (WHERE code::int BETWEEN 7001 AND 7281 AND group_id = 1) AS chat_client,
	   count(*) FILTER (WHERE code::int BETWEEN 7001 AND 7281 AND group_id = 2) AS chat_provider,
	   count(*) FILTER (WHERE code::int BETWEEN 7001 AND 7281 AND group_id = 3) AS chat_system,
	   count(*) FILTER (WHERE group_id = 1 AND code::int < 7000) AS handset,
	   count(*) FILTER (WHERE group_id = 2 AND code::int < 7000) AS "user",
	   count(*) FILTER (WHERE group_id = 3 AND code::int < 7000) AS operator
FROM smsengage.status_code WHERE provider = 'infobip' AND event_class = 'error';

-- ENS: the same number in two code spaces.
SELECT event_class, smsengage.status_group('salesforce_ens', event_class, NULL, '1000') AS status_group,
	   smsengage.status_class('salesforce_ens', event_class, NULL, '1000') AS status_class,
	   smsengage.opt_out_scope('salesforce_ens', event_class, NULL, '1000') AS opt_out
FROM (VALUES ('status'), ('SmsTransient'), ('TransactionalSendEvents.SmsTransient'), ('not_sent'),
			 ('SmsNotSent'), ('TransactionalSendEvents.SmsNotSent'), ('error')) AS v(event_class);

-- ENS: every SMS status code.
SELECT code, name, status_class, status_group, is_final, permanent, issue, block_code, category, subcategory
FROM smsengage.status_code WHERE provider = 'salesforce_ens' AND event_class = 'status';

-- ENS: every reason for not sending is "not sent"; these mean an opt-out.
SELECT DISTINCT status_class, status_group, category, block_code
FROM smsengage.status_code WHERE event_class = 'not_sent';
SELECT code, name, opt_out, issue, subcategory
FROM smsengage.status_code WHERE event_class = 'not_sent' AND opt_out IS NOT NULL;
SELECT code, name, issue, subcategory
FROM smsengage.status_code WHERE event_class = 'not_sent' AND issue NOT IN (5, 8);

-- Without a code the ENS event type says what it can; an unknown code is unknown.
SELECT event_class, smsengage.status_class('salesforce_ens', event_class, NULL, NULL::text) AS none,
	   smsengage.status_group('salesforce_ens', event_class, NULL, NULL::text) AS none_group,
	   smsengage.status_group('salesforce_ens', event_class, NULL, '4999') AS unknown_code
FROM (VALUES ('SmsSent'), ('SmsNotSent'), ('SmsTransient'), ('SmsDelivered'), ('SmsBounced'),
			 ('status'), ('not_sent'), ('error')) AS v(event_class);

-- Infobip: every status id.
SELECT group_id, group_name, code, name, status_class, status_group, is_final, issue, block_code, subcategory, duplicate
FROM smsengage.status_code WHERE provider = 'infobip' AND event_class = 'status';

-- Infobip 87 is in two groups, 100 is REJECTED in spite of its name, 2 is in
-- DELIVERED and not final, 26 is PENDING although only accepted; the group
-- of an unknown id counts, an unknown group is unknown.
SELECT group_code, code, smsengage.status_group('infobip', 'status', group_code, code) AS status_group,
	   smsengage.status_class('infobip', 'status', group_code, code) AS status_class
FROM (VALUES (4, '87'), (5, '87'), (NULL, '87'), (5, '100'), (NULL, '100'), (3, '2'), (3, '5'), (1, '26'),
			 (0, '9999'), (1, '9999'), (2, '9999'), (3, '9999'), (4, '9999'), (5, '9999'), (6, '9999'), (-1, '9999'),
			 (-2, '9999'), (260, '9999'), (NULL, '9999'), (3, NULL), (NULL, NULL), (3, ''), (2, '5'), (9, '5'),
			 (3, '05'), (3, ' 5'), (3, '5 ')) AS v(group_code, code);

-- Infobip: 4102 is an error of two groups; an error id is known in whatever
-- group it comes; groups of errors are not groups of statuses.
SELECT group_id, group_name, name FROM smsengage.status_code
WHERE provider = 'infobip' AND event_class = 'error' AND code = '4102';
SELECT group_code, code, smsengage.is_permanent('infobip', 'error', group_code, code) AS permanent,
	   smsengage.status_class('infobip', 'error', group_code, code) AS status_class,
	   smsengage.status_group('infobip', 'error', group_code, code) AS status_group
FROM (VALUES (2, '4102'), (3, '4102'), (NULL, '4102'), (1, '4102'), (0, '0'), (1, '1'), (1, '27'), (2, '1'),
			 (3, '15009'), (NULL, '4106'), (2, '4101'), (NULL, '15006'), (3, '4098'),
			 (1, '99999'), (3, '99999')) AS v(group_code, code);

-- Infobip: suppression.  About the person: opted out or on a list.  About the
-- number: gone.  About the sender: neither.
SELECT event_class, code, name, opt_out, block_code, issue
FROM smsengage.status_code WHERE provider = 'infobip' AND (opt_out IS NOT NULL OR block_code IN (500, 520))
ORDER BY opt_out, block_code, event_class DESC, length(code), code;
SELECT event_class, code, name, opt_out, block_code
FROM smsengage.status_code WHERE provider = 'infobip'
AND (event_class, code) IN (('status', '11'), ('status', '13'), ('error', '2053'), ('error', '560'),
							('error', '564'), ('error', '375'), ('status', '99'), ('error', '7002'));

-- Infobip: a duplicate message id says nothing of the first message.
SELECT code, name, status_group FROM smsengage.status_code WHERE duplicate;

-- The other providers, whole.
SELECT provider, event_class, code, status_class, status_group, is_final, permanent, issue, block_code, opt_out, category, subcategory
FROM smsengage.status_code
WHERE provider IN ('salesforce_dmo', 'engagelab', 'intercom', 'native', 'twilio', 'aws')
AND NOT (provider = 'salesforce_dmo' AND event_class = 'error');

-- Salesforce's data model: DeliveryErrorCode is an SMS status code.
SELECT smsengage.status_class('salesforce_dmo', 'error', NULL, '4504') AS error,
	   smsengage.status_class('salesforce_dmo', 'status', NULL, 'Undelivered') AS event;

-- Letters of a code may come in any case, and codes as numbers.
SELECT smsengage.status_class('engagelab', 'status', NULL, 'DELIVERED_FAILED') AS upper,
	   smsengage.status_class('AWS', 'STATUS', NULL, 'text_successful') AS lower,
	   smsengage.status_group('infobip', 'status', 3, 5) AS group_of_number,
	   smsengage.status_class('salesforce_ens', 'not_sent', NULL, 28) AS class_of_number,
	   smsengage.is_permanent('infobip', 'error', 1, 1) AS permanent_of_number,
	   smsengage.opt_out_scope('twilio', 'error', NULL, 21610) AS opt_out_of_number,
	   smsengage.status_group('infobip', 'status', 5, NULL::integer) AS no_number;
SELECT smsengage.status_class('twilio', 'status', NULL, repeat('x', 300)) AS long,
	   smsengage.status_class('twilio', 'status', NULL, repeat('x', 256) || 'read') AS longer;

-- No provider or no event class: no answer; a wrong one: an error.
SELECT smsengage.status_group(NULL, 'status', 3, '5') AS provider, smsengage.status_group('infobip', NULL, 3, '5') AS class;
SELECT smsengage.status_group('infobop', 'status', 3, '5');
SELECT smsengage.status_group('auto', 'status', 3, '5');
SELECT smsengage.status_group('', 'status', 3, '5');
SELECT smsengage.status_group('infobip', 'delivery', 3, '5');
SELECT smsengage.status_class('salesforce_ens', 'TransactionalSendEvents.', NULL, '1');
SELECT smsengage.is_permanent(repeat('é', 40), 'error', 3, '5');
SELECT smsengage.opt_out_scope('infobip', '', 3, '5');

-- Numbers of the groups.
SELECT g, smsengage.status_group_id(g)
FROM unnest(ARRAY['ACCEPTED', 'PENDING', 'UNDELIVERABLE', 'DELIVERED', 'EXPIRED', 'REJECTED', 'delivered',
				  'UNKNOWN', 'DELIVERED_TO_HANDSET', '', NULL]) AS g;
