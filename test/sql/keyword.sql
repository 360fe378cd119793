-- what a message asks for
SELECT * FROM smsengage.default_keywords();
-- no word has two actions, each is in folded form and found
SELECT keyword FROM smsengage.default_keywords() GROUP BY keyword HAVING count(DISTINCT action) > 1;
SELECT count(*) AS wrong FROM smsengage.default_keywords()
WHERE smsengage.fold_keyword(keyword) <> keyword
   OR smsengage.match_keyword(keyword, languages => ARRAY[language]) <> action OR smsengage.match_keyword(lower(keyword), true, ARRAY[language]) <> action;

-- (unaligned: versions of psql differ in how wide an invisible letter is)
\a
SELECT to_json(t) AS t, smsengage.match_keyword(t) AS exact, smsengage.match_keyword(t, true) AS loose
FROM (VALUES
	(1, 'STOP'), (2, 'stop'), (3, ' Stop '), (4, E'\tstop\r\n'), (5, U&'\00A0stop\3000'), (6, U&'\200Estop\FEFF'),
	(7, 'STOP.'), (8, 'stop !'), (9, '"Stop"'), (10, '“Stop”'), (11, '«stop»'), (12, 'Stop please'), (13, 'STOP PLEASE'),
	(14, 'stop, please'), (15, E'STOP\nSent from my phone'), (16, 'please stop'), (17, 'STOPPED'), (18, 'STOP ALL'), (19, 'stop   all'),
	(20, 'STOPALL'), (21, 'opt-out'), (22, 'opt out'), (23, 'OPTOUT'), (24, 'Opt-Out now'), (25, 'revoke'), (26, 'arret'), (27, 'arrêt'), (28, 'td'),
	(31, 'start'), (32, 'Yes'), (33, 'yes!'), (34, 'Yes, but not today'), (35, 'unstop'),
	(41, 'help'), (42, 'HELP?'), (43, 'help me'), (44, 'info'),
	(51, ''), (52, '   '), (53, '!!!'), (54, 'End of story'), (55, 'ＳＴＯＰ'), (56, 'ѕtop')) AS v(n, t)
ORDER BY n;
\a

-- Turkish: dotless and dotted i are letters of their own
SELECT t, smsengage.match_keyword(t) AS exact, smsengage.match_keyword(t, true) AS loose
FROM (VALUES (1, 'quit'), (2, 'QUIT'), (3, 'QUİT'), (4, 'quıt'), (5, 'info'), (6, 'INFO'), (7, 'İNFO'), (8, 'ınfo'), (9, 'unsubscrıbe')) AS v(n, t)
ORDER BY n;

SELECT quote_literal(smsengage.fold_keyword(t)) AS folded, quote_literal(smsengage.first_word(t)) AS first
FROM (VALUES (1, ' Win  a “car”! '), (2, 'straße ÄÖ é'), (3, '...'), (4, ''), (5, 'a-b c'), (6, E'x\u2003\u2003y'), (7, '😀 hi')) AS v(n, t)
ORDER BY n;
SELECT smsengage.match_keyword(NULL), smsengage.match_keyword('stop', NULL);
-- usable in an index
CREATE TEMP TABLE word (w text);
CREATE INDEX ON word (smsengage.fold_keyword(w));
