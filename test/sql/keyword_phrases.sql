-- Loose matching: what asks for a stop, and what only has such a word in it.
CREATE TEMP TABLE asks (phrase text);
INSERT INTO asks VALUES
	('stop please'), ('please stop'), ('Stop texting me'), ('STOP texting me!!'), ('stop sending me messages'),
	('Stop messaging me'), ('stop now'), ('Stop it'), ('stop this'), ('Stop all messages'), ('STOP STOP STOP'),
	('stop. thank you'), ('Stop, thanks'), ('stop!!! 😡'), ('Pls stop'), ('plz stop texting'),
	('Please stop texting this number'), ('ok stop'), ('No. Stop'), ('Hi, stop'), ('Hello please stop'),
	('stop i never signed up'), ('Stop spamming me'), ('stop harassing me'), ('STOP - wrong number'),
	('stop (wrong person)'), ('Stop wrong number'), ('stop your messages'), ('stop these texts'), ('Stop those offers'),
	('stop contacting me'), ('Stop the spam'), ('stop spam'), ('STOP promotions please'), ('stop notifications'),
	('unsubscribe me'), ('Unsubscribe please'), ('unsubscribe from all'), ('please unsubscribe'),
	('unsubscribe me from this list'), ('Unsubscribe!!!'), ('unsubscribe now'), ('Unsubscribe, thank you'),
	('kindly unsubscribe'), ('unsubscribe this number'), ('unsubscribe from your messages'), ('opt out'),
	('Opt out please'), ('opt out of texts'), ('Opt-out now'), ('optout please'), ('OPTOUT from marketing'),
	('please opt out'), ('Opt out, thanks'), ('cancel my subscription'), ('Cancel subscription'),
	('cancel all messages'), ('cancel this'), ('Cancel it please'), ('cancel texts'), ('cancel your messages'),
	('Cancel, please'), ('please cancel my subscription'), ('cancel service'), ('cancel notifications now'), ('end'),
	('End this'), ('end messages'), ('End my subscription'), ('end all texts please'), ('END now'), ('quit'),
	('Quit texting me'), ('quit sending me texts'), ('Quit messaging me please'), ('quit it'), ('QUIT NOW'),
	('remove me'), ('Remove me from your list'), ('remove my number'), ('Remove this number please'),
	('please remove me'), ('remove me from this list now'), ('Remove my phone number'), ('remove me from all messages'),
	('revoke'), ('revoke my consent'), ('Revoke consent'), ('stop all'), ('stopall please'), ('Stop all of it'),
	('arret svp'), ('ARRET please'), ('TD'), ('td please'), ('Stop! Texting me is rude'), ('Stop. I moved'), ('STOP already'),
	('just stop'), ('sorry, stop'), ('dear stop texting');
CREATE TEMP TABLE says (phrase text);
INSERT INTO says VALUES
	('End of the week works for me'), ('Cancel my 3pm'), ('Cancel my 3pm, see you at 4'), ('Quit smoking helped'),
	('td bank'), ('stop by at noon'), ('Stop by the shop'), ('Can you stop by tomorrow'), ('stop for coffee?'),
	('Stop at the red light'), ('stop in at 5'), ('Stop on your way home'), ('stop over tonight'), ('Stop and think'),
	('stop if you can'), ('Stop when you arrive'), ('stop near the station'), ('Bus stop'), ('the bus stop is closed'),
	('Don''t stop'), ('do not stop now'), ('please don''t stop'), ('I can''t stop laughing'), ('never stop'),
	('Nonstop'), ('non-stop flight'), ('stopped by earlier'), ('Stopping soon'), ('stops at 5'), ('unstoppable'),
	('cancel the order for Friday'), ('Cancel my appointment'), ('cancel my reservation please'),
	('can I cancel tomorrow'), ('I want to cancel my flight'), ('cancelled'), ('Cancellation fee?'),
	('The show was cancelled'), ('cancel Tuesday'), ('cancel one ticket'), ('end of story'), ('End time?'), ('The end'),
	('when does it end'), ('weekend plans'), ('ends at 8'), ('Endless'), ('end the meeting at 4'),
	('End date is May 1'), ('in the end yes'), ('quit my job today'), ('I quit coffee'), ('Quit while ahead'),
	('quitting time'), ('quite good'), ('quiet please'), ('remove the onions'), ('Remove pickles please'),
	('remove one item'), ('removed it already'), ('removal company'), ('can you remove the charge'), ('TD is open'),
	('td ameritrade'), ('revoked license'), ('Yes please'), ('yes'), ('No thanks'), ('ok'), ('Thanks!'), ('Thank you'),
	('What time?'), ('Where is my order'), ('hello'), ('hi there'), ('Call me'), ('call me back'), ('I love it'),
	('great'), ('see you at 5'), ('running late'), ('on my way'), ('Which sizes?'), ('how much'), ('is it in stock'),
	('do you deliver'), ('track my parcel'), ('my number changed'), ('new phone who dis'), ('happy birthday'),
	('good morning'), ('lol'), ('👍'), ('😀'), ('1'), ('2'), ('Y'), ('N'), ('maybe'), ('start of the week'),
	('Start time?'), ('help me choose');
SELECT (SELECT count(*) >= 100 FROM asks) AND (SELECT count(*) >= 100 FROM says) AS enough;
SELECT phrase AS not_taken FROM asks WHERE smsengage.match_keyword(phrase, true) IS DISTINCT FROM 'STOP';
SELECT phrase AS taken FROM says WHERE smsengage.match_keyword(phrase, true) = 'STOP';
-- by itself, with marks around it, a word is one in either way
SELECT phrase FROM asks WHERE smsengage.match_keyword(phrase) = 'STOP' ORDER BY phrase COLLATE "C";
SELECT phrase FROM says WHERE smsengage.match_keyword(phrase) IS NOT NULL;

-- every spelling of a word is the word
SELECT word, count(*) FILTER (WHERE smsengage.fold_keyword(way) <> smsengage.fold_keyword(word)) AS differ
FROM unnest('{STOP,ARRÊT,ОТПИСКА,AVSLÅ,ÇIKIŞ,ΔΙΑΓΡΑΦΗΣ,STRASSE,İPTAL}'::text[]) word
CROSS JOIN LATERAL (
	SELECT CASE f.form WHEN 'NFC' THEN normalize(c, NFC) ELSE normalize(c, NFD) END AS way
	FROM (VALUES (word), (lower(word COLLATE "und-x-icu")), (initcap(word COLLATE "und-x-icu")), (translate(word, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ')),
		('  «' || word || '»! '), (E'\u200b' || word || E'\u00ad')) v(c)
	CROSS JOIN (VALUES ('NFC'), ('NFD')) f(form)
	WHERE f.form IS NOT NULL) w
GROUP BY word ORDER BY word COLLATE "C";

-- content rules fold alike, and keep what keywords leave out
SELECT smsengage_internal.fold_text(' ¡Gratis! '), smsengage_internal.fold_text('!!!'), smsengage.fold_keyword('!!!');
