CREATE OR REPLACE VIEW smsengage.block_metrics WITH (security_invoker = true) AS
SELECT r.subcategory, r.code, r.scope, r.blocked, r.attempted, r.block_rate::numeric(9,6) AS block_rate
FROM smsengage.block_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;

COMMENT ON VIEW smsengage.block_metrics IS 'block_report() of the last 90 days (UTC), for tools that read views. Its key is (subcategory, code, scope).';
COMMENT ON COLUMN smsengage.block_metrics.subcategory IS 'Global block or Partial block, as the provider or can_send() said';
COMMENT ON COLUMN smsengage.block_metrics.code IS 'Code of the record that held; NULL if only the provider knows it';
COMMENT ON COLUMN smsengage.block_metrics.scope IS 'global or local, by the record';
COMMENT ON COLUMN smsengage.block_metrics.blocked IS 'Messages that it stopped';
COMMENT ON COLUMN smsengage.block_metrics.attempted IS 'Messages asked for, of all';
COMMENT ON COLUMN smsengage.block_metrics.block_rate IS 'blocked / attempted';
