-- signatures: the values come from another implementation of HMAC
SELECT what, smsengage.verify_signature(provider, body, headers, secret, url, header_name)
FROM (VALUES
	('ens', 'salesforce_ens', convert_to('[{"eventCategoryType":"TransactionalSendEvents.SmsSent","info":{"to":"12025550123","note":"é"}}]', 'UTF8'), '{"x-sfmc-ens-signature": "dc+csty7mDmOEeMqeakp1acIpQneqzJDY3CP5G6C2ZE="}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('ens, other case and blanks', 'salesforce_ens', convert_to('[{"eventCategoryType":"TransactionalSendEvents.SmsSent","info":{"to":"12025550123","note":"é"}}]', 'UTF8'), '{"Host": "a", "X-SFMC-ENS-Signature": " dc+csty7mDmOEeMqeakp1acIpQneqzJDY3CP5G6C2ZE= "}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('ens, provider in capitals', 'SALESFORCE_ENS', convert_to('[{"eventCategoryType":"TransactionalSendEvents.SmsSent","info":{"to":"12025550123","note":"é"}}]', 'UTF8'), '{"x-sfmc-ens-signature": "dc+csty7mDmOEeMqeakp1acIpQneqzJDY3CP5G6C2ZE="}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('ens, changed body', 'salesforce_ens', convert_to('[{"eventCategoryType":"TransactionalSendEvents.SmsSent","info":{"to":"12025550123","note":"é"}}] ', 'UTF8'), '{"x-sfmc-ens-signature": "dc+csty7mDmOEeMqeakp1acIpQneqzJDY3CP5G6C2ZE="}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('ens, changed signature', 'salesforce_ens', convert_to('[{"eventCategoryType":"TransactionalSendEvents.SmsSent","info":{"to":"12025550123","note":"é"}}]', 'UTF8'), '{"x-sfmc-ens-signature": "Bc+csty7mDmOEeMqeakp1acIpQneqzJDY3CP5G6C2ZE="}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('ens, other secret', 'salesforce_ens', convert_to('[{"eventCategoryType":"TransactionalSendEvents.SmsSent","info":{"to":"12025550123","note":"é"}}]', 'UTF8'), '{"x-sfmc-ens-signature": "dc+csty7mDmOEeMqeakp1acIpQneqzJDY3CP5G6C2ZE="}'::jsonb, 'correct horse battery staplex', NULL, NULL),
	('ens, hex', 'salesforce_ens', convert_to('[{"eventCategoryType":"TransactionalSendEvents.SmsSent","info":{"to":"12025550123","note":"é"}}]', 'UTF8'), '{"x-sfmc-ens-signature": "75cf9cb2dcbb98398e11e32a79a929d5a708a509deab324363708fe46e82d991"}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('ens, cut', 'salesforce_ens', convert_to('[{"eventCategoryType":"TransactionalSendEvents.SmsSent","info":{"to":"12025550123","note":"é"}}]', 'UTF8'), '{"x-sfmc-ens-signature": "dc+csty7mDmOEeMqeakp1acIpQneqzJDY3CP5G6C"}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('ens, without padding', 'salesforce_ens', convert_to('[{"eventCategoryType":"TransactionalSendEvents.SmsSent","info":{"to":"12025550123","note":"é"}}]', 'UTF8'), '{"x-sfmc-ens-signature": "dc+csty7mDmOEeMqeakp1acIpQneqzJDY3CP5G6C2ZE"}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('ens, longer', 'salesforce_ens', convert_to('[{"eventCategoryType":"TransactionalSendEvents.SmsSent","info":{"to":"12025550123","note":"é"}}]', 'UTF8'), '{"x-sfmc-ens-signature": "dc+csty7mDmOEeMqeakp1acIpQneqzJDY3CP5G6C2ZEA"}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('ens, no header', 'salesforce_ens', convert_to('[{"eventCategoryType":"TransactionalSendEvents.SmsSent","info":{"to":"12025550123","note":"é"}}]', 'UTF8'), '{}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('ens, empty header', 'salesforce_ens', convert_to('[{"eventCategoryType":"TransactionalSendEvents.SmsSent","info":{"to":"12025550123","note":"é"}}]', 'UTF8'), '{"x-sfmc-ens-signature": ""}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('ens, header no text', 'salesforce_ens', convert_to('[{"eventCategoryType":"TransactionalSendEvents.SmsSent","info":{"to":"12025550123","note":"é"}}]', 'UTF8'), '{"x-sfmc-ens-signature": 1}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('ens, header twice', 'salesforce_ens', convert_to('[{"eventCategoryType":"TransactionalSendEvents.SmsSent","info":{"to":"12025550123","note":"é"}}]', 'UTF8'), '{"x-sfmc-ens-signature": "dc+csty7mDmOEeMqeakp1acIpQneqzJDY3CP5G6C2ZE=", "X-Sfmc-Ens-Signature": "dc+csty7mDmOEeMqeakp1acIpQneqzJDY3CP5G6C2ZE="}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('ens, nested header', 'salesforce_ens', convert_to('[{"eventCategoryType":"TransactionalSendEvents.SmsSent","info":{"to":"12025550123","note":"é"}}]', 'UTF8'), '{"a": {"x-sfmc-ens-signature": "dc+csty7mDmOEeMqeakp1acIpQneqzJDY3CP5G6C2ZE="}}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('ens, empty secret', 'salesforce_ens', convert_to('[{"eventCategoryType":"TransactionalSendEvents.SmsSent","info":{"to":"12025550123","note":"é"}}]', 'UTF8'), '{"x-sfmc-ens-signature": "E3whFAJLORad0TvJSMaB2NVdvLJi6GC/BEAXHvK8Etk="}'::jsonb, '', NULL, NULL),
	('infobip, hex', 'infobip', convert_to('{"results":[]}', 'UTF8'), '{"X-Hub-Signature": "281bb86ee6c2892b28935d2f567d6ce440c2ca8138e29d77626826f1604cc0fc"}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('infobip, prefix', 'infobip', convert_to('{"results":[]}', 'UTF8'), '{"X-Hub-Signature": "sha256=281BB86EE6C2892B28935D2F567D6CE440C2CA8138E29D77626826F1604CC0FC"}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('infobip, base64', 'infobip', convert_to('{"results":[]}', 'UTF8'), '{"X-IB-Signature": "KBu4bubCiSsok10vVn1s5EDCyoE44p13Ymgm8WBMwPw="}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('infobip, authorization', 'infobip', convert_to('{"results":[]}', 'UTF8'), '{"Authorization": "HMAC KBu4bubCiSsok10vVn1s5EDCyoE44p13Ymgm8WBMwPw="}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('infobip, named', 'infobip', convert_to('{"results":[]}', 'UTF8'), '{"X-Mine": "281bb86ee6c2892b28935d2f567d6ce440c2ca8138e29d77626826f1604cc0fc", "X-Hub-Signature": "00"}'::jsonb, 'correct horse battery staple', NULL, 'x-mine'),
	('infobip, named and missing', 'infobip', convert_to('{"results":[]}', 'UTF8'), '{"X-Hub-Signature": "281bb86ee6c2892b28935d2f567d6ce440c2ca8138e29d77626826f1604cc0fc"}'::jsonb, 'correct horse battery staple', NULL, 'x-mine'),
	('infobip, basic', 'infobip', convert_to('{"results":[]}', 'UTF8'), '{"Authorization": "Basic dTpw"}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('infobip, changed', 'infobip', convert_to('{"results":[1]}', 'UTF8'), '{"X-Hub-Signature": "281bb86ee6c2892b28935d2f567d6ce440c2ca8138e29d77626826f1604cc0fc"}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('engagelab', 'engagelab', convert_to('{}', 'UTF8'), '{"X-CALLBACK-ID": "timestamp=1701234567;nonce=7f3a;username=acme;signature=c0ddf2c16cb021817521473cd8f738dbfbf6f8e57fe1c2e82a8f956572a39025"}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('engagelab, other order, blanks', 'engagelab', convert_to('any body', 'UTF8'), '{"x-callback-id": "signature=c0ddf2c16cb021817521473cd8f738dbfbf6f8e57fe1c2e82a8f956572a39025; nonce=7f3a; username=acme; timestamp=1701234567"}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('engagelab, other user', 'engagelab', convert_to('{}', 'UTF8'), '{"X-CALLBACK-ID": "timestamp=1701234567;nonce=7f3a;username=evil;signature=c0ddf2c16cb021817521473cd8f738dbfbf6f8e57fe1c2e82a8f956572a39025"}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('engagelab, moved border: the scheme has none', 'engagelab', convert_to('{}', 'UTF8'), '{"X-CALLBACK-ID": "timestamp=1701234567;nonce=7f3aac;username=me;signature=c0ddf2c16cb021817521473cd8f738dbfbf6f8e57fe1c2e82a8f956572a39025"}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('engagelab, member missing', 'engagelab', convert_to('{}', 'UTF8'), '{"X-CALLBACK-ID": "timestamp=1701234567;nonce=7f3a;signature=c0ddf2c16cb021817521473cd8f738dbfbf6f8e57fe1c2e82a8f956572a39025"}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('engagelab, member twice', 'engagelab', convert_to('{}', 'UTF8'), '{"X-CALLBACK-ID": "timestamp=1701234567;nonce=7f3a;username=acme;username=acme;signature=c0ddf2c16cb021817521473cd8f738dbfbf6f8e57fe1c2e82a8f956572a39025"}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('intercom', 'intercom', convert_to('{"type":"notification_event"}', 'UTF8'), '{"X-Hub-Signature": "sha1=64e7f90eddd4983ffdfa00b8344ced75bd2d5d52"}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('intercom, changed', 'intercom', convert_to('{"type":"notification_event" }', 'UTF8'), '{"X-Hub-Signature": "sha1=64e7f90eddd4983ffdfa00b8344ced75bd2d5d52"}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('intercom, no header', 'intercom', convert_to('{"type":"notification_event"}', 'UTF8'), '{}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('intercom, not hex', 'intercom', convert_to('{"type":"notification_event"}', 'UTF8'), '{"X-Hub-Signature": "sha1=gggggggggggggggggggggggggggggggggggggggg"}'::jsonb, 'correct horse battery staple', NULL, NULL),
	('twilio, form', 'twilio', convert_to('From=%2B12025550123&To=%2B12025550199&Body=caf%C3%A9+%26+more&SmsSid=SM1&Empty=', 'UTF8'), '{"X-Twilio-Signature": "KwVEq1J9TibEKDrnchtC0eP1Vlc="}'::jsonb, 'correct horse battery staple', 'https://sms.example.com/hook?x=1', NULL),
	('twilio, json', 'twilio', convert_to('{"From": "+12025550123", "To": "+12025550199", "Body": "café & more", "SmsSid": "SM1", "Empty": ""}', 'UTF8'), '{"X-Twilio-Signature": "KwVEq1J9TibEKDrnchtC0eP1Vlc="}'::jsonb, 'correct horse battery staple', 'https://sms.example.com/hook?x=1', NULL),
	('twilio, json with escapes', 'twilio', convert_to('{"From": "+12025550123", "To": "+12025550199", "Body": "caf\u00e9 & more", "SmsSid": "SM1", "Empty": ""}', 'UTF8'), '{"X-Twilio-Signature": "KwVEq1J9TibEKDrnchtC0eP1Vlc="}'::jsonb, 'correct horse battery staple', 'https://sms.example.com/hook?x=1', NULL),
	('twilio, repeated fields', 'twilio', convert_to('B=2&A=1&B=1&B=2', 'UTF8'), '{"X-Twilio-Signature": "3Xky3edZnnJD3DPhEvJdk53NDRE="}'::jsonb, 'correct horse battery staple', 'https://sms.example.com/hook?x=1', NULL),
	('twilio, no fields', 'twilio', convert_to('', 'UTF8'), '{"X-Twilio-Signature": "168Kk3fSAwlBnB49BqpIxdgrhrU="}'::jsonb, 'correct horse battery staple', 'https://sms.example.com/hook?x=1', NULL),
	('twilio, empty object', 'twilio', convert_to(' {} ', 'UTF8'), '{"X-Twilio-Signature": "168Kk3fSAwlBnB49BqpIxdgrhrU="}'::jsonb, 'correct horse battery staple', 'https://sms.example.com/hook?x=1', NULL),
	('twilio, other url', 'twilio', convert_to('From=%2B12025550123&To=%2B12025550199&Body=caf%C3%A9+%26+more&SmsSid=SM1&Empty=', 'UTF8'), '{"X-Twilio-Signature": "KwVEq1J9TibEKDrnchtC0eP1Vlc="}'::jsonb, 'correct horse battery staple', 'https://sms.example.com/hook?x=12', NULL),
	('twilio, field added', 'twilio', convert_to('From=%2B12025550123&To=%2B12025550199&Body=caf%C3%A9+%26+more&SmsSid=SM1&Empty=&z=1', 'UTF8'), '{"X-Twilio-Signature": "KwVEq1J9TibEKDrnchtC0eP1Vlc="}'::jsonb, 'correct horse battery staple', 'https://sms.example.com/hook?x=1', NULL),
	('twilio, bad escape', 'twilio', convert_to('a=%4', 'UTF8'), '{"X-Twilio-Signature": "KwVEq1J9TibEKDrnchtC0eP1Vlc="}'::jsonb, 'correct horse battery staple', 'https://sms.example.com/hook?x=1', NULL),
	('twilio, bad json', 'twilio', convert_to('{"a":', 'UTF8'), '{"X-Twilio-Signature": "KwVEq1J9TibEKDrnchtC0eP1Vlc="}'::jsonb, 'correct horse battery staple', 'https://sms.example.com/hook?x=1', NULL),
	('twilio, nested json', 'twilio', convert_to('{"a":{}}', 'UTF8'), '{"X-Twilio-Signature": "KwVEq1J9TibEKDrnchtC0eP1Vlc="}'::jsonb, 'correct horse battery staple', 'https://sms.example.com/hook?x=1', NULL)
) AS v(what, provider, body, headers, secret, url, header_name);

-- Twilio's fields as JSON: what escapes stand for is signed; with one that stands
-- for nothing, not even what a lenient reader would make of it
SELECT what, smsengage.verify_signature('twilio', convert_to(body, 'UTF8'), jsonb_build_object('X-Twilio-Signature', signature),
	'correct horse battery staple', 'https://sms.example.com/hook?x=1')
FROM (VALUES
	('escapes of one letter', '{"Body": "\"\\\/\b\f\n\r\t."}', 'GzqmP+nuj+Y+z5U0BnU2YRhNmP4='),
	('two, three and four bytes', '{"Body": "\u0041\u00E9\u20ac\ud83d\uDE00"}', 'agqHSmKGo98yI+8nYwA/dGfY9MQ='),
	('the same as it is', '{"Body": "Aé€😀"}', 'agqHSmKGo98yI+8nYwA/dGfY9MQ='),
	('a name with escapes', '{"\u0042ody": "a", "A\/": "b"}', 'LjMNV8ZJ7/gissADBcCdjMUQsgo='),
	('an escaped backslash before u', '{"Body": "\\u00e9"}', '99p+p917gvE5f8gj+HarN4ofV88='),
	('no character of the database', '{"Body": "a\u0000b"}', 'g/KTW42sCo3zD5LG3CmhCRF+zys='),
	('a line end as it is', E'{"Body": "a\nb"}', 'MTEx/cGlbq0EskFsEePYYjDQxiQ='),
	('a quote does not end it', '{"Body": "a\"", "C": "\\"}', 'KbKC97jewKLabfL125KcHNF5PIo='),
	('the last of the lower plane', '{"Body": "\uffff\ue000\ud7ff"}', '7LVF1vpBB/OTH+9wBJnOynF6Jbo='),
	('unknown escape', '{"Body": "\q"}', 'grRzEzJNFbEQbxXwCyjstJB1ltI='),
	('unknown escape, beyond ASCII', '{"Body": "\é"}', 'j9BuxgkHCyzP0qFg/Ffi7vE7pNI='),
	('first half alone', '{"Body": "\ud83d"}', 'OWsq7nAN1+NljJomQGL6RcUkkGw='),
	('second half alone', '{"Body": "\ude00"}', 'OWsq7nAN1+NljJomQGL6RcUkkGw='),
	('first half before a letter', '{"Body": "\ud83d\u0041"}', '3tzHIl90FWv4UN3aGOHSzxm+fCI='),
	('two first halves', '{"Body": "\ud83d\ud83d"}', 'PwfzjC1lohQ6gIamVVHC6ED2FRM='),
	('three digits', '{"Body": "\u004"}', '/99eomlGPjJVmapt9ttpPYY/las='),
	('no hexadecimal digit', '{"Body": "\u00g9"}', 'Ph7gvQXYVV5KKUMHt/AVTH/abp0='),
	('no end', '{"Body": "a\"}', 'UxVabsP+2rlJLSev/LbY3LHCj1Q=')
) AS v(what, body, signature);

-- bytes count, not characters
SELECT smsengage.verify_signature('salesforce_ens', '\x00ff7b', jsonb_build_object('x-sfmc-ens-signature', 'uLo/E4Z9mgQldUIqvvzI6jWvG2BvXCP/4LlUJVmY/WA='), 'k');
-- what is missing is not verified, and never NULL
SELECT smsengage.verify_signature(NULL, '', '{}', 's') AS provider, smsengage.verify_signature('infobip', NULL, '{}', 's') AS body,
	   smsengage.verify_signature('infobip', '', NULL, 's') AS headers, smsengage.verify_signature('infobip', '', '{}', NULL) AS secret;
-- mistakes of the caller
DO $$
DECLARE
	call text;
	message text;
	hint text;
BEGIN
	FOREACH call IN ARRAY ARRAY[
		$c$smsengage.verify_signature('nobody', '', '{}', 'topsecret')$c$,
		$c$smsengage.verify_signature(repeat('é', 100), '', '{}', 'topsecret')$c$,
		$c$smsengage.verify_signature('native', '', '{}', 'topsecret')$c$,
		$c$smsengage.verify_signature('aws', '', '{}', 'topsecret')$c$,
		$c$smsengage.verify_signature('infobip', '', '[]', 'topsecret')$c$,
		$c$smsengage.verify_signature('infobip', '', '"x"', 'topsecret')$c$,
		$c$smsengage.verify_signature('twilio', '', '{}', 'topsecret')$c$,
		$c$smsengage.is_provider_address('nobody', '20.4.153.241')$c$]
	LOOP
		BEGIN
			EXECUTE 'SELECT ' || call;
			RAISE NOTICE 'no error: %', call;
		EXCEPTION WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
			RAISE INFO '% % | %', SQLSTATE, message, hint;
		END;
	END LOOP;
END
$$;

-- addresses
SELECT a, smsengage.is_provider_address('infobip', a)
FROM unnest('{20.4.153.241,20.126.166.55,52.236.144.93,52.157.238.0,20.50.2.92,20.31.80.11,20.4.153.24,52.137.61.87,52.137.61.88,::ffff:52.236.144.93,::34ec:905d,20.4.153.241/24,1.20.4.153}'::inet[]) AS a;
SELECT smsengage.is_provider_address('twilio', '20.4.153.241') AS not_published, smsengage.is_provider_address('infobip', NULL) AS strict;
-- 71 addresses in the networks that the guide names
SELECT host(network(set_masklen(net, 24))) || '/24' AS net, count(*)
FROM (SELECT (a || '.' || n)::inet AS net
	  FROM unnest('{20.4.153,20.4.154,20.4.155,20.4.156,20.4.157,20.4.158,20.23.32,20.23.33,20.23.34,20.23.35,20.23.38,20.23.163,20.31.80,20.31.81,20.50.2,20.126.166,20.126.167,52.137.60,52.137.61,52.137.63,52.157.237,52.157.238,52.157.239,52.236.144}'::text[]) AS a,
		   generate_series(0, 255) AS n) AS x
WHERE smsengage.is_provider_address('infobip', net)
GROUP BY ROLLUP (1) ORDER BY count(*), 1;

