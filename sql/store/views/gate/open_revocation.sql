CREATE OR REPLACE VIEW smsengage.open_revocation WITH (security_invoker = true) AS
SELECT r.recipient COLLATE "C" AS recipient, r.account COLLATE "C" AS account, r.sender COLLATE "C" AS sender, r.revoked_at, r.source COLLATE "C" AS source, r.deadline,
	ceil(extract(epoch FROM r.deadline - now()) / 3600)::integer AS hours_left,
	r.messages_since, r.last_message_at, r.scope COLLATE "C" AS scope, r.broken_scope COLLATE "C" AS broken_scope
FROM smsengage_internal.open_revocations(now()) r;

COMMENT ON VIEW smsengage.open_revocation IS 'Opt-outs that were not taken back and whose deadline has not passed: 47 CFR 64.1200(a)(10) gives ten business days to honour a revocation everywhere, and allows one message that confirms it. Public holidays are not known here.';
COMMENT ON COLUMN smsengage.open_revocation.recipient IS 'The person''s number';
COMMENT ON COLUMN smsengage.open_revocation.account IS 'Account';
COMMENT ON COLUMN smsengage.open_revocation.sender IS 'Our number, without plus; empty: every sender of the account';
COMMENT ON COLUMN smsengage.open_revocation.revoked_at IS 'When the person opted out';
COMMENT ON COLUMN smsengage.open_revocation.source IS 'event, keyword or failure';
COMMENT ON COLUMN smsengage.open_revocation.deadline IS 'Ten business days later (Monday to Friday, UTC)';
COMMENT ON COLUMN smsengage.open_revocation.hours_left IS 'Hours up to the deadline';
COMMENT ON COLUMN smsengage.open_revocation.messages_since IS 'Messages that went out since then as far as the opt-out reaches, and such as name no sender or account; more than one confirmation is too many';
COMMENT ON COLUMN smsengage.open_revocation.last_message_at IS 'The last of them';
COMMENT ON COLUMN smsengage.open_revocation.scope IS 'How far it reaches, by consent_scope: sender, account or everywhere';
COMMENT ON COLUMN smsengage.open_revocation.broken_scope IS 'What the messages since broke: sender (they came from this very sender, or from none that is named), account (from another one), everywhere (from another account, or from none that is named), the nearest; NULL: there were none';
