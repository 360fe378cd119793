# A column of event, in C as well: stores that are there get it by a migration,
# and a hand drops the types that have it, as its place in them is not the last.
edit src/taxonomy/event_columns.def '/^EVENT_EXTRA(EXTRA,/i EVENT_TEXT(OPERATOR, operator, text, COLLATE "C", NONE, 0, COMPARED, KEY,\
\t"Network operator",\
\t"Network operator")'
migration event_operator <<'END'
ALTER TABLE smsengage.event ADD COLUMN IF NOT EXISTS operator text COLLATE "C";
END
by_hand <<'END'
DROP FUNCTION smsengage.parse(text, text, text, timestamptz);
DROP FUNCTION smsengage.parse(text, bytea, text, timestamptz);
DROP FUNCTION smsengage_internal.batch_events(smsengage.parsed_batch, bigint[], uuid[]);
DROP FUNCTION smsengage_internal.batch_copies(smsengage.parsed_batch);
DROP TYPE smsengage.parsed_event;
DROP TYPE smsengage.event_row;
END
