-- encoding, units and parts of message texts
SELECT what, (p).* FROM (
	SELECT n, what, smsengage.sms_parts(t) AS p FROM (VALUES
		(1, 'empty', ''),
		(2, 'one', 'a'),
		(3, '160', repeat('a', 160)),
		(4, '161', repeat('a', 161)),
		(5, '306', repeat('a', 306)),
		(6, '307', repeat('a', 307)),
		(7, '459', repeat('a', 459)),
		(8, '460', repeat('a', 460)),
		(9, '80 euros', repeat('€', 80)),
		(10, '81 euros', repeat('€', 81)),
		(11, '159 and a euro', repeat('a', 159) || '€'),
		(12, '158 and a euro', repeat('a', 158) || '€'),
		(13, 'euro across 153/154', repeat('a', 152) || '€' || repeat('b', 152)),
		(14, 'euro before 153', repeat('a', 151) || '€' || repeat('b', 153)),
		(15, 'euro after 153', repeat('a', 153) || '€' || repeat('b', 151)),
		(16, '76 pairs a part', repeat('^', 152)),
		(17, '77th pair', repeat('^', 153)),
		(18, 'twice across', repeat('a', 152) || '€' || repeat('a', 150) || '€' || 'a'),
		(21, 'UCS-2 70', repeat('я', 70)),
		(22, 'UCS-2 71', repeat('я', 71)),
		(23, 'UCS-2 134', repeat('я', 134)),
		(24, 'UCS-2 135', repeat('я', 135)),
		(25, 'emoji alone', '😀'),
		(26, '35 emoji', repeat('😀', 35)),
		(27, '36 emoji', repeat('😀', 36)),
		(28, '66 emoji', repeat('😀', 66)),
		(29, '67 emoji', repeat('😀', 67)),
		(30, 'emoji across 67/68', repeat('я', 66) || '😀' || repeat('я', 66)),
		(31, 'one character turns all', repeat('a', 160) || 'ç'),
		(32, 'euro in UCS-2 is one', repeat('€', 69) || 'я'),
		(33, 'family of four', '👨‍👩‍👧‍👦')) AS v(n, what, t)) AS x
ORDER BY n;

-- the header with a 16-bit reference
SELECT n, (smsengage.sms_parts(repeat('a', n), 8)).parts AS gsm_8, (smsengage.sms_parts(repeat('a', n), 16)).parts AS gsm_16,
	   (smsengage.sms_parts(repeat('я', n), 8)).parts AS ucs_8, (smsengage.sms_parts(repeat('я', n), 16)).parts AS ucs_16
FROM unnest('{70,71,132,133,134,135,160,161,304,305,306,307}'::int[]) AS n;
SELECT smsengage.sms_parts('a', 7);
SELECT smsengage.sms_parts(NULL) IS NULL AS strict;

-- the table of GSM 03.38: 127 characters of one unit (125 here, LF and CR), 10 of two (9 here, form feed)
SELECT p.units, count(*), string_agg(chr(c), '' ORDER BY c) AS characters
FROM generate_series(32, 65535) AS c, LATERAL smsengage.sms_parts(chr(c)) AS p
WHERE c NOT BETWEEN 55296 AND 57343 AND p.encoding = 'GSM-7'
GROUP BY 1 ORDER BY 1;
SELECT c, smsengage.sms_parts(chr(c)) FROM unnest('{9,10,12,13,27,96,127,199,231,8217,65533,65536,1114111}'::int[]) AS c;

-- against a count by hand: characters one by one into parts
WITH RECURSIVE texts AS (
	SELECT n, left(translate(repeat(md5(n::text), 40), '0123', CASE n % 3 WHEN 0 THEN 'abcd' WHEN 1 THEN '€^a]' ELSE '😀я€a' END), 20 + n * 17) AS t
	FROM generate_series(1, 60) AS n
), walk AS (
	SELECT n, t, 0 AS i, 1 AS parts, 0 AS used, (smsengage.sms_parts(t)).encoding AS e FROM texts
	UNION ALL
	SELECT n, t, i + 1, parts + (used + u > room)::int, CASE WHEN used + u > room THEN u ELSE used + u END, e
	FROM walk, LATERAL (SELECT CASE WHEN e = 'UCS-2' THEN 67 ELSE 153 END AS room,
							   CASE WHEN e = 'UCS-2' THEN CASE WHEN ascii(substr(t, i + 1, 1)) > 65535 THEN 2 ELSE 1 END
									WHEN substr(t, i + 1, 1) IN ('€', '^', ']') THEN 2 ELSE 1 END AS u) AS x
	WHERE i < length(t)
)
SELECT e, count(*) AS texts, max(w.parts) AS most, count(*) FILTER (WHERE w.parts <> p.parts) AS differ
FROM walk AS w, smsengage.sms_parts(t) AS p
WHERE i = length(t) AND p.units > CASE e WHEN 'UCS-2' THEN 70 ELSE 160 END
GROUP BY e ORDER BY e;

SELECT smsengage.estimate_cost(repeat('a', 161), 0.0054), smsengage.estimate_cost('', 0.05), smsengage.estimate_cost('я', 0), smsengage.estimate_cost('a', NULL);

SELECT * FROM smsengage.ucs2_characters(E'Don’t – “pay” 5 €…\u00A0ok😀\tç`');
SELECT count(*) FROM smsengage.ucs2_characters('Plain text, 5 € [ok]');
-- with every replacement made, the text is GSM-7
SELECT fixed, (smsengage.sms_parts(t)).encoding AS before, (smsengage.sms_parts(fixed)).encoding AS after
FROM (VALUES (E'Don’t “wait” –\u00A0now…')) AS v(t), LATERAL (
	SELECT string_agg(coalesce(u.replacement, c), '' ORDER BY n) AS fixed
	FROM regexp_split_to_table(t, '') WITH ORDINALITY AS r(c, n) LEFT JOIN smsengage.ucs2_characters(t) AS u ON u.position = n) AS f;
