-- Loads a file of one JSON value a line:
--   psql -v file=events.ndjson -v provider=infobip [-v account=shop] -f ndjson.sql
\set ON_ERROR_STOP on
\if :{?account}
\else
	\set account ''
\endif

CREATE TEMP TABLE lines (payload text);
-- quote and delimiter are characters that no JSON text holds: a line is a value
\set load '\\copy lines FROM ' :'file' ' WITH (FORMAT csv, QUOTE E''\\x01'', DELIMITER E''\\x02'')'
:load
CALL smsengage.ingest_from(:'provider', 'lines', account => nullif(:'account', ''));
