# Other words: of a function, a type, a table, a column, a view of the extension.
edit sql/report/cost.sql "s/^\(COMMENT ON FUNCTION smsengage.cost_report(.*) IS '\)/\1In other words: /"
edit sql/tally/tally.sql "s/^\(COMMENT ON TYPE smsengage.tally IS '\)/\1In other words: /"
edit sql/store/tables/event.sql "s/^\(COMMENT ON \(TABLE\|COLUMN\) .* IS '\)/\1In other words: /"
edit sql/provider/native.sql "s/^\(COMMENT ON COLUMN .* IS '\)/\1In other words: /"
