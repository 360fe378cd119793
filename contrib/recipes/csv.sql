-- Loads a CSV export of Salesforce's MessageEngagement, whatever its columns:
--   psql -v file=message_engagement.csv -f csv.sql
-- The names in the header line become the members of one JSON object a row.
\set ON_ERROR_STOP on
\if :{?provider}
\else
	\set provider salesforce_dmo
\endif
\if :{?account}
\else
	\set account ''
\endif

\set header `head -n 1 -- :'file' | tr -d '\r'`
SELECT format('CREATE TEMP TABLE exported (%s)', string_agg(format('%I text', btrim(name, E' "\uFEFF')), ', ' ORDER BY n))
FROM string_to_table(:'header', ',') WITH ORDINALITY AS h (name, n)
\gexec
\set load '\\copy exported FROM ' :'file' ' WITH (FORMAT csv, HEADER)'
:load
CREATE TEMP TABLE lines AS SELECT json_strip_nulls(row_to_json(e)) AS payload FROM exported e;
CALL smsengage.ingest_from(:'provider', 'lines', account => nullif(:'account', ''));
