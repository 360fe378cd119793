CREATE OR REPLACE VIEW smsengage.link_metrics WITH (security_invoker = true) AS
SELECT r.link_name, r.link_url, r.clicks, r.unique_clickers, r.human_clicks, r.human_clickers
FROM smsengage.link_report(since => (now() AT TIME ZONE 'UTC')::date - 89, until => (now() AT TIME ZONE 'UTC')::date + 1) r;

COMMENT ON VIEW smsengage.link_metrics IS 'link_report() of the last 90 days (UTC), for tools that read views. Its key is (link_name, link_url).';
COMMENT ON COLUMN smsengage.link_metrics.link_name IS 'Name or alias of the link; NULL if the provider gives none';
COMMENT ON COLUMN smsengage.link_metrics.link_url IS 'Its URL, where it has no name';
:include click_comments.inc
