-- recipients in one form, and what their digits tell
SELECT quote_literal(given) AS given, smsengage.normalize_recipient(given) AS recipient
FROM (VALUES
	(1, '+12025550123'), (2, '12025550123'), (3, '0012025550123'), (4, ' +1 (202) 555-0123 '),
	(5, '+1.202.555.0123'), (6, '1-202-555/0123'), (7, 'tel:+1-202-555-0123'), (8, 'WhatsApp:+12025550123'),
	(9, 'whatsapp: 0012025550123'), (10, '(1) 2025550123'), (11, '+44 (0)7700 900123'), (12, '0044 (0) 7700 900123'),
	(13, '0044(0)7700 900123'), (14, E'\t+447700900123\n'), (15, '+ 44 7700 900123')) AS v(n, given)
ORDER BY n;

-- as given: short codes, names, national form, and what is not certain
SELECT quote_literal(given) AS given, quote_literal(smsengage.normalize_recipient(given)) AS recipient
FROM (VALUES
	(1, ''), (2, '   '), (3, '12345'), (4, '123456'), (5, '+12345'), (6, '00123456'), (7, ' InfoShop '), (8, '07700 900123'),
	(9, '000447700900123'), (10, '+0012025550123'), (11, '+39 (0)6 1234567'), (12, '(0)7700 900123'), (13, '-12025550123'),
	(14, '+12025550123-'), (15, '+12025550123 ext. 4'), (16, '++12025550123'), (17, '12025550123+'), (18, 'messenger:12025550123'),
	(19, '１２０２５５５０１２３'), (20, '202555O123')) AS v(n, given)
ORDER BY n;

-- 7 to 15 digits: the borders
SELECT d, smsengage.normalize_recipient(repeat('4', d)) LIKE '+%' AS bare,
	   smsengage.normalize_recipient('+ ' || repeat('4', d)) LIKE '+4%' AS plus,
	   smsengage.normalize_recipient('00' || repeat('4', d)) LIKE '+%' AS zeros
FROM unnest('{6,7,15,16,17,18}'::int[]) AS d;
SELECT length(smsengage.normalize_recipient(repeat('x', 100000))), smsengage.normalize_recipient(NULL) IS NULL AS strict;

-- the form of the form is the form
SELECT count(*) FILTER (WHERE smsengage.normalize_recipient(r) <> r) AS changed, count(*) > 1000 AS many
FROM (SELECT smsengage.normalize_recipient(p || repeat('(4', n % 9) || s || n) AS r
	  FROM unnest('{"",+,00,tel:,whatsapp:+,0,"+ ",+(}'::text[]) AS p,
		   unnest('{"",-,/,.," ","(0)",)," x"}'::text[]) AS s,
		   generate_series(100, 100000000, 4999999) AS n) AS x;

SELECT a, b, smsengage.same_sender(a, b)
FROM (VALUES ('+12345', '12345'), ('12345', '+12345'), ('InfoShop', 'InfoShop'), ('InfoShop', 'INFOSHOP'),
			 ('+', ''), ('++1', '+1'), ('12345', '123456'), ('+12025550123', '12025550123')) AS v(a, b);

-- calling codes, countries and zones
SELECT r, smsengage.calling_code(r) AS code, smsengage.country_of(r) AS country, smsengage.zones_of(r) AS zones
FROM (VALUES
	(1, '+12025550123'), (2, '12025550123'), (3, '+1 416 555 0123'), (4, '+18765550123'), (5, '+17875550123'), (6, '+18085550123'),
	(7, '+16055550123'), (8, '+18005550123'), (9, '+19995550123'), (10, '+447700900123'), (11, '+441534700900'), (12, '+441624700900'),
	(13, '+4915112345678'), (14, '+79161234567'), (15, '+77011234567'), (16, '+76001234567'), (17, '+390669812345'), (18, '+390612345678'),
	(19, '+35318012345'), (20, '+61491570156'), (21, '+5565912345678'), (22, '+5520912345678'), (23, '+919812345678'),
	(24, '+8613812345678'), (25, '+599912345678'), (26, '+59971234567'), (27, '+870123456789'), (28, '+2101234567'), (29, '+9991234567'),
	(30, '+38344123456'), (31, '+34612345678'), (32, '12345'), (33, 'InfoShop'), (34, '')) AS v(n, r)
ORDER BY n;

-- every zone in the tables is one that the server knows
SELECT count(DISTINCT zone) > 200 AS many,
	   count(*) FILTER (WHERE t.name IS NULL) AS unknown,
	   count(*) FILTER (WHERE smsengage.country_of(r) !~ '^[A-Z]{2}$') AS not_iso
FROM (SELECT '+' || n || '55512345' AS r FROM generate_series(1, 9999) AS n) AS x,
	 unnest(smsengage.zones_of(r)) AS zone
	 LEFT JOIN pg_timezone_names AS t ON t.name = zone;
-- all assigned codes, and how many area codes of +1 decide the country
SELECT count(DISTINCT smsengage.calling_code('+' || n || '5551234')) AS codes FROM generate_series(1, 999) AS n;
SELECT smsengage.country_of('+1' || n || '5550123') AS country, count(*)
FROM generate_series(200, 999) AS n GROUP BY 1 ORDER BY 2 DESC, 1;
