-- Loads a compressed file of one JSON value a line:
--   psql -v file=events.ndjson.gz -v provider=infobip [-v account=shop] -f gzip.sql
-- Any other program that writes lines will do, such as curl or zstd.
\set ON_ERROR_STOP on
\if :{?account}
\else
	\set account ''
\endif

CREATE TEMP TABLE lines (payload text);
\set program 'gzip -dc -- ' :'file'
\set load '\\copy lines FROM PROGRAM ' :'program' ' WITH (FORMAT csv, QUOTE E''\\x01'', DELIMITER E''\\x02'')'
:load
CALL smsengage.ingest_from(:'provider', 'lines', account => nullif(:'account', ''));
