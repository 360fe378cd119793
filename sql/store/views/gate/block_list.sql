CREATE OR REPLACE VIEW smsengage.block_list WITH (security_invoker = true) AS
SELECT b.recipient AS mobile_number,
	b.blocked_at AS interception_time,
	b.expires_at AS expiration_time,
	b.reason,
	b.code,
	p.description,
	b.scope,
	b.account,
	b.source,
	b.expires_at > now() AND b.blocked_at <= now() AND b.scope <> 'none' AS is_active,
	CASE WHEN b.scope = 'none' OR b.expires_at <= now() THEN 0
		WHEN isfinite(b.expires_at) THEN ceil(extract(epoch FROM b.expires_at - now()))::bigint END AS remaining_seconds,
	b.deletable AS user_deletable
FROM (
	SELECT k.recipient, k.account, k.code, k.blocked_at, k.expires_at, k.scope, k.deletable, k.source, k.reason
	FROM smsengage.block k
	WHERE k.code NOT IN (SELECT g.code FROM smsengage.block_policy g WHERE g.growth > 1)
		AND NOT (k.deletable AND EXISTS (
			SELECT FROM smsengage.unblock u
			WHERE u.recipient = k.recipient AND u.account = k.account AND u.unblocked_at BETWEEN k.blocked_at AND now()))
	UNION ALL
	SELECT g.recipient, g.account, g.code, g.blocked_at, g.expires_at, g.scope, g.deletable, g.source, g.reason
	FROM smsengage_internal.growing_blocks(now(), NULL, ARRAY(SELECT g.code FROM smsengage.block_policy g WHERE g.growth > 1)) g) b
LEFT JOIN LATERAL (
	SELECT v.description
	FROM smsengage.block_policy v
	WHERE v.code = b.code AND v.valid_from <= b.blocked_at
	ORDER BY v.valid_from DESC
	LIMIT 1) p ON true;

COMMENT ON VIEW smsengage.block_list IS 'EngageLab''s block list: every record that has not been removed, also those that have expired or never block.';
COMMENT ON COLUMN smsengage.block_list.mobile_number IS 'Intercepted mobile number';
COMMENT ON COLUMN smsengage.block_list.interception_time IS 'Sending from this time on is intercepted';
COMMENT ON COLUMN smsengage.block_list.expiration_time IS 'Sending from this time on returns to normal; infinity: never';
COMMENT ON COLUMN smsengage.block_list.reason IS 'Details of the sending result that the provider gave, or why it was blocked by hand';
COMMENT ON COLUMN smsengage.block_list.code IS 'Block code';
COMMENT ON COLUMN smsengage.block_list.description IS 'Kind of failure that the code means';
COMMENT ON COLUMN smsengage.block_list.scope IS 'global: for every account; local: for the source account only; none: recorded, never blocks';
COMMENT ON COLUMN smsengage.block_list.account IS 'Source account';
COMMENT ON COLUMN smsengage.block_list.source IS 'event or manual';
COMMENT ON COLUMN smsengage.block_list.is_active IS 'Whether it blocks now';
COMMENT ON COLUMN smsengage.block_list.remaining_seconds IS 'How long it still blocks; 0 if it does not, NULL if for ever';
COMMENT ON COLUMN smsengage.block_list.user_deletable IS 'Whether the source account may remove it with unblock()';
