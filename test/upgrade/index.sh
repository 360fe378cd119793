# An index more, and one that has another column.
edit sql/store/tables/message.sql '/^CREATE INDEX/i CREATE INDEX IF NOT EXISTS message_bulk_message_idx ON smsengage.message (account, bulk_message);'
edit sql/store/tables/contact_point.sql 's/contact_point_individual_no_idx ON smsengage.contact_point (individual_no)/contact_point_individual_no_idx ON smsengage.contact_point (individual_no, last_day)/'
migration contact_point_index <<'END'
DROP INDEX IF EXISTS smsengage.contact_point_individual_no_idx;
END
