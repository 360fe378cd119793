# One more attribute of a composite type: a hand alters it.
edit sql/provider/parse.sql 's/^\t:each event_columns error_permanent\.\.: .*$/&,\n\toperator text/'
by_hand <<'END'
ALTER TYPE smsengage.parsed_event ADD ATTRIBUTE operator text;
END
