-- Numbers in every spelling are the person they mean.
-- data/numbers.tsv: libphonenumber's example numbers and some random valid ones
-- of every region, as google-libphonenumber 3.2.47 reads and writes them (see
-- src/text/numbering/compare.mjs)
\getenv data PG_ABS_SRCDIR
\set data :data '/data/numbers.tsv'
CREATE TEMP TABLE number (region text COLLATE "C", e164 text COLLATE "C", country text, international text, national text);
COPY number FROM :'data';

SELECT smsengage.numbering_source();
SELECT count(*) > 2500 AS many, count(DISTINCT region) AS regions,
	count(*) FILTER (WHERE smsengage.normalize_recipient(e164) <> e164) AS e164,
	count(*) FILTER (WHERE smsengage.normalize_recipient(ltrim(e164, '+')) <> e164) AS digits,
	count(*) FILTER (WHERE smsengage.normalize_recipient(international) <> e164) AS international,
	count(*) FILTER (WHERE smsengage.normalize_recipient('00' || ltrim(international, '+')) <> e164) AS zeros
FROM number WHERE e164 ~ '^[+][0-9]{7,15}$';
-- as dialled at home; Gabon's old numbers and two of Zimbabwe's have two readings
SELECT region, count(*)
FROM number
WHERE e164 ~ '^[+][0-9]{7,15}$' AND smsengage.normalize_recipient(national, region) <> e164
GROUP BY region ORDER BY region COLLATE "C";
-- countries: none of toll-free numbers; Ascension is of Saint Helena in ISO 3166-1; stations in Antarctica; Western Sahara
SELECT region, country, smsengage.country_of(e164) AS ours, count(*) > 0 AS some
FROM number
WHERE smsengage.country_of(e164) IS DISTINCT FROM country AND e164 !~ '^[+]1(5|6|7|8|9)'
GROUP BY 1, 2, 3 ORDER BY 1;
SELECT DISTINCT left(e164, 5) AS prefix, smsengage.country_of(e164) AS ours, country
FROM number
WHERE smsengage.country_of(e164) IS DISTINCT FROM country AND e164 ~ '^[+]1(5|6|7|8|9)'
ORDER BY 1, 3 LIMIT 20;
-- what a plan has is possible, but for numbers that are dialled at home only
SELECT region, e164 FROM number
WHERE NOT smsengage.is_possible_number(e164) AND e164 !~ '^[+]1310'
ORDER BY e164;

-- spellings, each with what it is and whose country's it is read by
SELECT n, smsengage.normalize_recipient(given, country) AS recipient, smsengage.is_possible_number(smsengage.normalize_recipient(given, country)) AS possible
FROM (VALUES
	(1, '12025550101.0', NULL), (2, '+12025550101.0', NULL), (3, '12025550101.00', NULL), (4, '1202555010.10', NULL),
	(5, '44 07700 900123', NULL), (6, '+4407700900123', NULL), (7, '+44 (0)7700 900123', NULL), (8, '44 (0)7700 900123', NULL),
	(9, '+52 1 55 1234 5678', NULL), (10, '+52 55 1234 5678', NULL), (11, '+54 9 11 2345 6789', NULL), (12, '+54 11 15 2345 6789', NULL),
	(13, '011 15 2345-6789', 'AR'), (14, '+55 11 9876 5432', NULL), (15, '+55 11 99876 5432', NULL), (16, '+225 07 12 34 56', NULL),
	(17, '+229 97 12 34 56', NULL), (18, '+378 886377', NULL),
	(19, E'\u202a+12025550101\u202c', NULL), (20, E'\u2066+1 202 555\u00a00101\u2069', NULL), (21, E'+1\u2011202\u2013555\u20100101', NULL),
	(22, E'\uff0b１２０２５５５０１０１', NULL), (23, E'+\u0661\u0662\u0660\u0662\u0665\u0665\u0665\u0660\u0661\u0660\u0661', NULL), (24, E'+\u0967\u0968\u0966\u0968\u096b\u096b\u096b\u0966\u0967\u0966\u0967', NULL),
	(25, '''+12025550101', NULL), (26, '+12025550101.', NULL), (27, '+1 202 555 0101 ext. 12', NULL), (28, '+12025550101 x12', NULL),
	(29, 'tel:+1-202-555-0101;ext=12', NULL), (30, 'tel:202-555-0101;phone-context=+1', NULL), (31, E'\ufeff+12025550101', NULL), (32, '[+1] 202 555 0101', NULL),
	(33, '(202) 555-0101', NULL), (34, '(202) 555-0101', 'US'), (35, '202.555.0101', 'US'), (36, '1 202 555 0101', 'US'), (37, '0011 1 202 555 0101', 'AU'),
	(38, '0011 1 202 555 0101', NULL), (39, '07700 900123', 'GB'), (40, '07700 900123', NULL), (41, '00447700900123', 'FR'), (42, '447700900123', 'GB'),
	(43, '06 12 34 56 78', 'FR'), (44, '8 (916) 123-45-67', 'RU'), (45, '8 10 1 202 555 0101', 'RU'), (46, '0 11 99876-5432', 'BR'),
	(47, '0 15 11 99876-5432', 'BR'), (48, '12345', 'US'), (49, 'InfoShop', 'US'), (50, '', 'US'), (51, '+1202555010', NULL), (52, '+120255501011', NULL),
	(53, '2025550101', NULL), (56, '202-555-0101', NULL), (57, '202-555-0101', 'US'), (58, '44 7700 900123', NULL), (54, '1.20255501E+10', NULL), (55, '+44 7700 900123', 'US')) AS v(n, given, country)
ORDER BY n;
SELECT smsengage.normalize_recipient('202 555 0101', 'us');
SELECT smsengage.normalize_recipient('202 555 0101', 'XX');
SELECT smsengage.normalize_recipient('+12025550101', NULL), smsengage.normalize_recipient(NULL, 'US') IS NULL AS nothing;
SELECT smsengage.recipient_spellings(r) FROM unnest('{+5491123456789,+541123456789,541123456789,+12025550101,InfoShop}'::text[]) r;

-- the form of the form is the form, whoever reads it
SELECT count(*) FILTER (WHERE smsengage.normalize_recipient(r) <> r) AS changed,
	count(*) FILTER (WHERE smsengage.normalize_recipient(r, region) <> r) AS changed_at_home, count(*) > 20000 AS many
FROM (
	SELECT region, smsengage.normalize_recipient(p || substr(ltrim(e164, '+'), 1, cut) || s || substr(ltrim(e164, '+'), cut + 1)) AS r
	FROM number, unnest('{+,"",00}'::text[]) p, unnest('{0,8,1," (0)",15}'::text[]) s, generate_series(1, 3) cut) x
WHERE r LIKE '+%';

-- islands whose numbers begin as their neighbours'
SELECT r, smsengage.country_of(r) AS country, smsengage.zones_of(r) AS zones
FROM unnest('{+262709350000,+262639000000,+262692123456,+447509000000,+447700300000,+447839000000,+447524000000,+447457600000,+447700900123,+61851001000,+61851002000,+12735550123,+590590510000,+590690001234,+5996001234}'::text[]) r
ORDER BY r COLLATE "C";
