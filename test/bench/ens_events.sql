-- Fills table raw_ens(payload text) with :events made-up ENS events of about
-- 550 bytes, one object a row: three events a message (sent, on its way,
-- delivered or bounced), :events / 12 people with as many numbers reserved for
-- fiction as there are (70,000), 40 campaigns one after the
-- other, 60 days, in order of time.

CREATE TABLE raw_ens (payload text NOT NULL);
INSERT INTO raw_ens
SELECT format('{"eventCategoryType":"TransactionalSendEvents.%s","timestampUTC":%s,"compositeId":"%s.%s.%s.%s.0",%s'
			  '"definitionKey":"campaign-%s","mid":7301234,"eid":7300001,'
			  '"info":{"to":"%s","subscriberKey":"customer-%s","messageKey":"order-%s"%s}}',
			  CASE step WHEN 0 THEN 'SmsSent' WHEN 1 THEN 'SmsTransient'
				  ELSE CASE WHEN failed THEN 'SmsBounced' ELSE 'SmsDelivered' END END,
			  ms, tsid, job, batch, mobile,
			  CASE WHEN step > 0 THEN format('"composite":{"tsid":"%s","jobId":"%s","batchId":"%s","mobileNumber":"%s","subscriberId":"%s"},'
											 '"definitionId":"c2a8f0de-91b7-4e0d-8f43-6d5e0a7b1c22",',
											 tsid, job, batch, mobile, person) END,
			  message / greatest(:events / 120, 1), mobile, person, message,
			  CASE step WHEN 0 THEN ''
				  WHEN 1 THEN ',"ordinal":0,"statusCode":"3001","statusMessage":"SentToCarrier","from":"55501","countryCode":"US"'
				  ELSE CASE WHEN failed
					  THEN ',"ordinal":0,"statusCode":"4500","statusMessage":"Undeliverable","from":"55501","countryCode":"US"'
					  ELSE ',"ordinal":0,"statusCode":"4000","statusMessage":"Delivered","from":"55501","countryCode":"US"' END END)
FROM (
	SELECT i / 3 AS message, step, h % 20 = 0 AS failed,
		   h % greatest(:events / 12, 1) AS person,
		   '1' || 201 + h % greatest(:events / 12, 1) / 100 % 700 || '55501' || lpad((h % greatest(:events / 12, 1) % 100)::text, 2, '0') AS mobile,
		   -- neighbours in time are of different messages, as in a real feed
		   1740823200000 + (i / 3) * (5184000000 / (:events / 3 + 1)) + step * 1500 + h % 1000 AS ms,
		   'api.' || md5('t' || i / 3)::uuid AS tsid,
		   '7be0a1d4-52c3-ee11-b85b-' || lpad(to_hex(i / 3000), 12, '0') AS job,
		   i / 3000 % 100 AS batch
	FROM (SELECT i, i % 3 AS step, abs(hashint4((i / 3)::integer)::bigint) AS h FROM generate_series(0::bigint, :events - 1) i) g
) e
ORDER BY ms;
ANALYZE raw_ens;
