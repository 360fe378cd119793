-- What tells a person goes from a text, however it is spelt; what does not stays.
SET client_min_messages = warning;

SELECT v AS given, smsengage_internal.mask_text(v) FROM unnest(ARRAY[
	'+12025550177', '12025550177', 'call (202) 555-0177 now', '2 0 2 . 5 5 5 0 1 7 7', '00 1 202 555 0177', '202/555/0177', 'cust-2025550177-x',
	'tel:+1-202-555-0177', 'n=+1.202.555.0177;x', 'tsid.job.5.12025550166.0', 'two: 5550177, 5550178',
	'https://x.example/%2B1202555%30177', '%3120255501', '%253120255501', '50%2520 5550177', '1234%2F5678', '1234%2Fx5678',
	'&#50;&#48;&#x32;&#53;&#x35;5&#x30;177', '\u0032\u0030\u0032\u0035\u0035\u0035\u0030', '%u0032%u0030%u0032%u0035%u0035%u0035%u0030',
	'ann@example.com', 'to <ann.b+c@mail.example.com>, bob', 'ann%40example.com', 'mail=ann@12025550175', 'a@b@c', 'https://x.example/u/ann@example.com/p',
	'5f4dcc3b5aa765d61d8327deb882cf99', '550e8400-e29b-41d4-a716-446655440000', 'spring-2026-03-01', '4111 1111 1111 1111', 'Chrome/123.0.6312.118',
	'https://x.example/u/KzEyMDI1NTUwMTc3', 'KzEgKDIwMikgNTU1LTAxNzc=', 'id-YW5uQGV4YW1wbGUuY29t', 'a/MTIwMjU1NTAxNzc', 'xxMTIwMjU1NTAxNzc.t',
	-- not a number
	'', 'DELIVERED_TO_HANDSET', 'm-1', '123456', 'Q1 2026', '50%20off', '%', '%4', '&#;', '@bob', 'bob@', 'a123456b123456', 'aGVsbG8gd29ybGQsIGhvdyBhcmUgeW91',
	'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Mobile/15E148 Safari/604.1']) v;
SELECT smsengage_internal.mask_text(NULL), smsengage_internal.mask_text(NULL, '+12025550177');
-- digits of other scripts, and of signs made of them
SELECT v AS given, smsengage_internal.mask_text(v) ~ '^[*]+$' AS nothing_left FROM unnest(ARRAY[
	'１２０２５５５０１７７', '٠١٢٣٤٥٦٧٨٩', '۰۱۲۳۴۵۶', '०१२३४५६', '①②③④⑤⑥⑦', '²³¹²³¹²³', '𝟏𝟐𝟑𝟒𝟓𝟔𝟕', '%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96%EF%BC%97']) v;
SELECT smsengage_internal.mask_text('1️⃣2️⃣0️⃣2️⃣5️⃣5️⃣5️⃣') AS keycaps, smsengage_internal.mask_text('12–02—55 5​50') AS signs_between, smsengage_internal.mask_text('ann＠example.com') AS wide_at,
	smsengage_internal.mask_text('123é4567') AS a_letter_between;

-- the own number of the row without its country code, from five digits on
SELECT own, smsengage_internal.mask_text('x-550177-a 50177b 0177c 202555d', own)
FROM unnest(ARRAY['+12025550177', '12025550177', '(1) 202-555-0177', '+447700900123,+12025550177', '+12025550177,+447700900123', '+12025550178', '50177', '', NULL]) own;

-- numbers of people: seven digits are hidden
SELECT v AS given, smsengage_internal.mask_number(v) FROM unnest(ARRAY['+12025550177', '+447700900123', '12025550177', '+1 (202) 555-0177', '1234567', '+2901234', '12345678', '1234567890',
	'55501', '0', '', 'bob', 'ann@example.com', 'tel:+12025550177', '+', '１２０２５５５０１７７']) v;
SELECT n, count(*) FILTER (WHERE hidden < least(n, 7)) AS too_few, min(shown) AS shown
FROM (SELECT n, length(regexp_replace(m, '[^*]', '', 'g')) AS hidden, length(regexp_replace(m, '[^0-9]', '', 'g')) AS shown
	FROM generate_series(7, 20) n, LATERAL smsengage_internal.mask_number('+' || left('12025550177202555017', n)) m) x
GROUP BY n ORDER BY n;

-- URLs
SELECT v AS given, smsengage_internal.mask_url(v, NULL, NULL, NULL) FROM unnest(ARRAY['https://x.example/sale', 'https://ann:pw@x.example/p/12025550101?n=12025550101#y', 'x.example/a?b', 'u@x.example', '//u@h/p',
	'https:\\u:p@h\x?1', 'https://x.example?x@y/z', 'https://x.example/2026/03/01/a', 'tel:+12025550101', 'mailto:ann@example.com?x', 'data:text/plain,12025550101', ' javascript:1',
	'whatsapp://send?phone=12025550101', 'https://x.example:8080/', 'https://x.example/#/u/12025550101', '', '?', ':', 'https:', 'a:/b']) v;

-- what was masked is told apart by a tag, that needs the secret; the account is part of it
SELECT smsengage_internal.mask_name('Spring', NULL, 'a', 's') AS plain, smsengage_internal.mask_name('n-2026-03-01', NULL, 'a', 's') LIKE 'n-****-**-**~________________' AS tagged,
	smsengage_internal.mask_name('n-2026-03-01', NULL, NULL, 's') AS no_account, smsengage_internal.mask_name('n-2026-03-01', NULL, 'a', NULL) AS no_secret, smsengage_internal.mask_name(NULL, NULL, 'a', 's') AS none;
SELECT smsengage_internal.mask_url('https://x.example/2026/03/01/a?u=1', NULL, 'a', 's') = smsengage_internal.mask_url('https://x.example/2026/03/01/a?u=2', NULL, 'a', 's') AS one_page,
	smsengage_internal.mask_url('https://x.example/2026/03/02/a', NULL, 'a', 's') = smsengage_internal.mask_url('https://x.example/2026/03/01/a', NULL, 'a', 's') AS not_another;
SELECT count(DISTINCT t) AS different, bool_and(t ~ '^[a-p]{32}$') AS letters, bool_and(smsengage_internal.mask_text(t) = t) AS stays
FROM (SELECT smsengage_internal.mask_id(v, a, s) AS t FROM unnest(ARRAY['m-1', 'm-2', '+12025550177']) v, unnest(ARRAY['', 'a', 'b']) a, unnest(ARRAY['s', 't']) s
	UNION ALL SELECT smsengage_internal.mask_key(v, s) FROM unnest(ARRAY['m-1', 'm-2', '+12025550177']) v, unnest(ARRAY['s', 't']) s) x;
SELECT count(DISTINCT smsengage_internal.mask_key(k, s)) AS different FROM unnest(ARRAY[0, 1, -1, 9223372036854775807]) k, unnest(ARRAY['s', 't']) s;
SELECT smsengage_internal.mask_id('', 'a', 's') AS empty, smsengage_internal.mask_id('m', NULL, 's') AS no_account, smsengage_internal.mask_id('m', 'a', NULL) AS no_secret, smsengage_internal.mask_id(NULL, 'a', 's') AS none;
-- not a digest that anybody could make
SELECT count(*) FROM unnest(ARRAY[smsengage_internal.mask_id('m-1', 'a', 's'), smsengage_internal.mask_key('m-1', 's')]) t
WHERE t IN (SELECT translate(replace(d::text, '-', ''), '0123456789abcdef', 'abcdefghijklmnop') FROM unnest(ARRAY[smsengage_internal.content_digest('m-1'), smsengage_internal.content_digest('a', 'm-1'),
	smsengage_internal.content_digest('s', 'm-1'), smsengage_internal.content_digest('s', 'recipient', 'm-1'), smsengage_internal.content_digest('masked', 'id', 'a', 'm-1')]) d);

-- numbers of 7 to 15 digits in spellings, between words: nothing of seven digits is left.
-- The seed is told if one is.
CREATE FUNCTION spelling(number text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text := (ARRAY['', '+', '00', '%2B', '(', 'tel:', 'whatsapp:+', '&#43;'])[1 + floor(random() * 8)];
	gaps text[] := CASE WHEN random() < 0.3 THEN ARRAY[''] ELSE ARRAY['', '', '', ' ', '.', '-', ') ', ' (', '  ', '%20', '%2D', '_', '/', chr(160), chr(8211), chr(8203), ', ', '+'] END;
	style integer := floor(random() * 6);
	digit integer;
BEGIN
	FOR i IN 1..length(number) LOOP
		digit := substr(number, i, 1)::integer;
		result := result || CASE style
			WHEN 0 THEN '%3' || digit
			WHEN 1 THEN CASE WHEN random() < 0.5 THEN '%253' || digit ELSE digit::text END
			WHEN 2 THEN CASE WHEN random() < 0.5 THEN '&#' || (48 + digit) || ';' ELSE '&#x' || (30 + digit) || ';' END
			WHEN 3 THEN CASE WHEN random() < 0.5 THEN chr(65296 + digit) ELSE chr(1632 + digit) END
			ELSE digit::text END || CASE WHEN i < length(number) THEN gaps[1 + floor(random() * cardinality(gaps))] ELSE '' END;
	END LOOP;
	RETURN result;
END $$;
-- the digits of a text, escapes undone, with every run of other signs but letters left out
CREATE FUNCTION what_is_left(masked text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	e text[];
BEGIN
	masked := replace(masked, '%25', '%');
	FOR e IN SELECT regexp_matches(masked, '(%3([0-9])|&#(4[89]|5[0-7]);|&#x3([0-9]);)', 'g') LOOP
		masked := replace(masked, e[1], coalesce(e[2], (e[3]::integer - 48)::text, e[4]));
	END LOOP;
	masked := translate(masked, '０１２３４５６７８９٠١٢٣٤٥٦٧٨٩', '01234567890123456789');
	RETURN regexp_replace(regexp_replace(masked, '%[0-9A-F]{2}', '', 'g'), '[^0-9A-Za-z]+', '', 'g');
END $$;
SELECT seed, setseed(seed) IS NULL AS set INTO TEMP seeds FROM (SELECT round(random()::numeric, 4)::float8 AS seed) s;
CREATE TEMP TABLE spelt AS
SELECT number, spelling(number) AS spelt, 'word ' || spelling(number) || ' more' AS between
FROM (SELECT left((1 + floor(random() * 9))::text || lpad(floor(random() * 1e14)::bigint::text, 14, '0'), 7 + floor(random() * 9)::integer) AS number FROM generate_series(1, 20000)) n;
SELECT count(*) AS spellings, count(*) FILTER (WHERE what_is_left(spelt) !~ '[0-9]{7}') AS not_seen_by_the_check FROM spelt;
SELECT seed, s.spelt, m FROM seeds, spelt s, LATERAL (VALUES (smsengage_internal.mask_text(s.spelt)), (smsengage_internal.mask_text(s.between)), (smsengage_internal.mask_name(s.spelt, NULL, 'a', 's')), (smsengage_internal.mask_url('https://x.example/' || s.spelt, NULL, 'a', 's')),
	(smsengage_internal.mask_number(s.number))) x(m)
WHERE what_is_left(m) ~ '[0-9]{7}' OR what_is_left(m) LIKE '%' || right(s.number, 6) || '%' LIMIT 3;
-- masking again changes nothing
SELECT seed, s.between FROM seeds, spelt s WHERE smsengage_internal.mask_text(smsengage_internal.mask_text(s.between)) <> smsengage_internal.mask_text(s.between) LIMIT 3;
DROP FUNCTION spelling(text), what_is_left(text);
