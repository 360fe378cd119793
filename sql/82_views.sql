-- Views over the store: plain types, the caller's rights.

CREATE FUNCTION smsengage.store_views()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
	PERFORM smsengage.salesforce_views();
	PERFORM smsengage.engagelab_views();
	PERFORM smsengage.provider_drift_view();
	PERFORM smsengage.infobip_views();
	PERFORM smsengage.report_views();
	PERFORM smsengage.click_views();
	PERFORM smsengage.metric_views();
END
$$;
COMMENT ON FUNCTION smsengage.store_views() IS 'Makes or replaces the views over the store. Used by migrate().';
