-- Categories and subcategories of EngageLab's status page.

CREATE FUNCTION smsengage.status_categories(OUT category pg_catalog.text, OUT subcategory pg_catalog.text,
	OUT meaning pg_catalog.text)
	RETURNS SETOF pg_catalog.record
	AS 'MODULE_PATHNAME', 'sms_status_categories'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 23;
COMMENT ON FUNCTION smsengage.status_categories() IS
'The five categories of EngageLab''s SMS status page, each followed by its subcategories; columns as in the view status_category';

CREATE VIEW smsengage.status_category AS
	SELECT c.category, c.subcategory, c.meaning
	FROM smsengage.status_categories() AS c;
COMMENT ON VIEW smsengage.status_category IS
'The five categories of EngageLab''s SMS status page with the eight subcategories of Process failed and the ten of Send failed';
COMMENT ON COLUMN smsengage.status_category.category IS 'Sending, Delivered, Wait result, Process failed or Send failed';
COMMENT ON COLUMN smsengage.status_category.subcategory IS 'subcategory; null in the row of the category itself';
COMMENT ON COLUMN smsengage.status_category.meaning IS 'what it means';
