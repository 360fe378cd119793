# A column of event, and so of its masked view: stores that are there get it by
# a migration.
edit sql/store/tables/event.sql "s/^\textra json,/&\n\toperator text COLLATE \"C\",/"
cat >> sql/store/tables/event.sql <<'END'
COMMENT ON COLUMN smsengage.event.operator IS 'Network operator';
END
migration event_operator <<'END'
ALTER TABLE smsengage.event ADD COLUMN IF NOT EXISTS operator text COLLATE "C";
END
