# One more attribute of a composite type: a hand alters it.
edit sql/provider/parse.sql 's/^\textra json$/\textra json,\n\toperator text/'
by_hand <<'END'
ALTER TYPE smsengage.parsed_event ADD ATTRIBUTE operator text;
END
