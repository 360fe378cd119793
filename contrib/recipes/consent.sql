-- Loads a list of opt-outs and opt-ins that people keep, as CSV with a header:
--   psql -v file=opt_outs.csv -v account=shop -f consent.sql
-- Columns: recipient, subscribed (true, false), at (with its offset), and, if
-- there, sender and evidence. Numbers without a plus are read by the country of
-- the account (account_country). All rows go in, or none; again changes nothing.
\set ON_ERROR_STOP on
\if :{?account}
\else
	\set account ''
\endif

\set header `head -n 1 -- :'file' | tr -d '\r'`
SELECT format('CREATE TEMP TABLE given (%s)', string_agg(format('%I text', btrim(name, E' "\uFEFF')), ', ' ORDER BY n))
FROM string_to_table(:'header', ',') WITH ORDINALITY AS h (name, n)
\gexec
\set load '\\copy given FROM ' :'file' ' WITH (FORMAT csv, HEADER)'
:load
SELECT count(smsengage.record_consent(j ->> 'recipient', (j ->> 'subscribed')::boolean, :'account',
	coalesce(j ->> 'sender', ''), (j ->> 'at')::timestamptz, j ->> 'evidence')) AS recorded
FROM (SELECT to_jsonb(g) AS j FROM given g) r;
