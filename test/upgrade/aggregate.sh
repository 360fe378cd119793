# Another definition of an aggregate: a hand drops it.
edit sql/report/funnel.sql '/^CREATE AGGREGATE smsengage.funnel(/,/^);/s/PARALLEL = SAFE/PARALLEL = RESTRICTED/'
by_hand <<'END'
DROP AGGREGATE smsengage.funnel(text, timestamptz, text[], interval);
END
