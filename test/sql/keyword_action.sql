-- keyword_action: default keywords, overrides by sender and account, versions,
-- loose matching, groups of replies.
SET timezone = 'UTC';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SELECT smsengage.create_store();

-- defaults: the whole message, blanks and ASCII case aside
SELECT m, smsengage.keyword_action(m) FROM unnest(ARRAY['STOP', ' stop ', E'Stop\r\n', 'stop please', 'STOP.', 'UNSUBSCRIBE', 'optout', 'OPT-OUT', 'start', 'YES', 'help', 'Info',
	'hello', '', '   ', 'ſtop', 'QUİT', 'quıt', 'İNFO', NULL]) WITH ORDINALITY u(m, n) ORDER BY n;

INSERT INTO smsengage.keyword (account, sender, keyword, valid_from, action, reply_group) VALUES
	('acme', '22000', 'YES', '-infinity', 'NONE', NULL),
	('acme', '', 'PIZZA', '-infinity', 'REPLY', 'menu'),
	('acme', '22000', 'PIZZA', '2025-01-01Z', 'REPLY', 'lunch'),
	('acme', '22000', 'PIZZA', '2025-02-01Z', 'NONE', NULL),
	('', '', 'BAJA', '2025-01-01Z', 'STOP', NULL),
	('', '22000', 'ALTA', '-infinity', 'START', NULL);
-- a row for a sender goes before one for the account, that before one for all, that before the defaults
SELECT m, at::date, smsengage.keyword_action(m, '22000', at, 'acme') AS acme_22000, smsengage.keyword_action(m, '+22000', at, 'acme') AS with_plus,
	smsengage.keyword_action(m, '33000', at, 'acme') AS acme_33000, smsengage.keyword_action(m, '22000', at, 'other') AS other
FROM unnest(ARRAY['yes', 'pizza', 'baja', 'alta']) m, unnest(ARRAY[timestamptz '2024-12-31 23:59:59.999999Z', '2025-01-01Z', '2025-02-01Z']) at
ORDER BY m, at;

-- loose, and without the defaults
INSERT INTO smsengage.keyword_setting (account, sender, valid_from, defaults, loose) VALUES
	('acme', '22000', '2025-01-01Z', true, true),
	('acme', '44000', '-infinity', false, false);
SELECT m, smsengage.keyword_action(m, '22000', '2024-12-31Z', 'acme') AS before, smsengage.keyword_action(m, '22000', '2025-01-01Z', 'acme') AS loose,
	smsengage.keyword_action(m, '44000', '2025-01-01Z', 'acme') AS no_defaults
FROM unnest(ARRAY['Stop!', 'stop please', 'end of story', 'please stop', '"pizza"', 'help?']) m;

-- a row means its word however it is written, and so do messages
INSERT INTO smsengage.keyword (sender, keyword, action) VALUES ('55501', 'ARRÊT', 'STOP'), ('55501', 'отписка', 'STOP'), ('55501', 'Avslå', 'STOP'),
	('55501', 'çıkış', 'STOP'), ('55501', 'ΔΙΑΓΡΑΦΗΣ', 'STOP'), ('55501', 'Keine SMS', 'STOP'), ('55501', 'cancel', 'NONE');
SELECT m, smsengage.keyword_action(m, '55501') FROM unnest(ARRAY['Arrêt', normalize('arrêt', NFD), 'Отписка', 'ОТПИСКА.', 'AVSLÅ', 'avslå!', 'ÇIKIŞ', 'Çıkış', 'διαγραφης', 'διαγραφησ', 'ＳＴＯＰ', 'keine  sms',
	'Cancel', 'cancel please', 'OPT  OUT', '"stop"', 'STOP.']) WITH ORDINALITY u(m, n) ORDER BY n;
-- a loose sender: a row for the word holds beside other words too
INSERT INTO smsengage.keyword_setting (sender, loose) VALUES ('55501', true);
SELECT m, smsengage.keyword_action(m, '55501') FROM unnest(ARRAY['Отписка пожалуйста', 'cancel please', 'stop texting me', 'keine sms mehr', 'cancel my 3pm']) WITH ORDINALITY u(m, n) ORDER BY n;
-- languages, of the sender or of the person's country
INSERT INTO smsengage.keyword_setting (sender, languages, by_country) VALUES ('55502', '{es}', false), ('55503', '{}', true);
SELECT m, r, smsengage.keyword_action(m, '55501', recipient => r) AS none, smsengage.keyword_action(m, '55502', recipient => r) AS spanish, smsengage.keyword_action(m, '55503', recipient => r) AS by_country
FROM unnest(ARRAY['Baja', 'Arrêt', 'stopp', 'sair', 'aide']) m, unnest(ARRAY['+34612345678', '+33612345678', '+4915112345678', '+12025550101']) r ORDER BY m COLLATE "C", r COLLATE "C";

-- what cannot be a keyword
INSERT INTO smsengage.keyword (keyword, action) VALUES ('', 'STOP');
INSERT INTO smsengage.keyword (keyword, action) VALUES ('WORD', 'DELETE');
INSERT INTO smsengage.keyword (keyword, action) VALUES ('WORD', 'REPLY');
INSERT INTO smsengage.keyword (sender, keyword, action) VALUES ('+22000', 'WORD', 'STOP');

SELECT smsengage.drop_store(true);
