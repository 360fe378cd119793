# A masked reader's code runs for others too: in autovacuum, ANALYZE, CREATE
# INDEX, REINDEX and REFRESH, PostgreSQL calls functions of a table's owner.
# There as elsewhere it sees rows of its own accounts only, masked.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../perl";

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest ();
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('masked');
$node->init;
$node->append_conf('postgresql.conf', "autovacuum = on\nautovacuum_naptime = 1s");
$node->start;

# The store belongs to an ordinary role
$node->safe_psql('postgres', 'CREATE ROLE owner LOGIN; CREATE ROLE peek LOGIN; CREATE DATABASE store OWNER owner');

sub as
{
	my ($role, $sql) = @_;
	my ($code, $out, $err) = $node->psql('store', $sql, extra_params => [ '-U', $role ]);
	return $code == 0 ? $out : $err;
}
is(as('owner', 'CREATE EXTENSION smsengage; SELECT smsengage.create_store()'), '', 'an ordinary role makes extension and store');
foreach my $account ('acme', 'zebra')
{
	as('owner', qq(SELECT smsengage.ingest('native', '[{"event_type":"SENT","event_id":"1","event_time":"2026-03-01T10:00:00Z","message_id":"m-$account","recipient":"+12025550101","individual_id":"ada","sender_id":"12345"},
		{"event_type":"REPLY","event_id":"2","event_time":"2026-03-01T10:01:00Z","recipient":"+12025550101","individual_id":"ada","sender_id":"12345","message_text":"STOP"}]'::text, '$account')));
	as('owner', "SELECT smsengage.add_block('+12025550101', 530, '$account'), smsengage.record_consent('+12025550101', false, '$account', '12345')");
}
is(as('owner', "SELECT smsengage.grant_masked_reader('peek', 'acme')"), '', 'and grants');
is(as('owner', 'SELECT count(*) FROM smsengage.block_list_masked'), 2, 'the owner reads the masked views, though the functions behind are not its own');

my %views = (event_masked => 4, message_summary_masked => 2, subscription_masked => 4, block_list_masked => 2, keyword_reply_report_masked => 4, open_revocation_masked => 0);
foreach my $view (sort keys %views)
{
	my $seen = as('peek', "SELECT string_agg(DISTINCT account, ',') FROM smsengage.$view");
	is($seen, $view eq 'open_revocation_masked' ? as('owner', "SELECT DISTINCT account FROM smsengage.$view WHERE account = 'acme'") : 'acme', "$view: its own account");
}

# What its code sees, wherever it runs
as('postgres', 'CREATE SCHEMA peek AUTHORIZATION peek');
is(as('peek', <<'SQL'), '', 'a masked reader makes a table with an index over a function of its own');
CREATE TABLE peek.proof (place text, who name, outer_user name, view text, seen text);
CREATE TABLE peek.place (place text);
INSERT INTO peek.place VALUES ('by itself');
CREATE FUNCTION peek.look(i int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	view text;
	seen text;
BEGIN
	FOREACH view IN ARRAY ARRAY['event_masked', 'message_summary_masked', 'subscription_masked', 'block_list_masked', 'keyword_reply_report_masked'] LOOP
		BEGIN
			EXECUTE format('SELECT concat_ws('' '', string_agg(DISTINCT account, '',''), bool_or(t::text ~ ''20255501'')) FROM smsengage.%I t', view) INTO seen;
		EXCEPTION WHEN OTHERS THEN
			seen := SQLSTATE;
		END;
		INSERT INTO peek.proof SELECT p.place, current_user, session_user, view, seen FROM peek.place p;
	END LOOP;
	RETURN i;
END $$;
CREATE FUNCTION peek.pure(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN peek.look(i); END $$;
CREATE TABLE peek.t (i int) WITH (autovacuum_enabled = off);
CREATE INDEX t_idx ON peek.t (peek.pure(i));
INSERT INTO peek.t VALUES (1);
CREATE MATERIALIZED VIEW peek.m AS SELECT peek.look(1) AS i WITH NO DATA;
SQL
my %commands = (
	ANALYZE => 'ANALYZE peek.t',
	VACUUM => 'VACUUM ANALYZE peek.t',
	REINDEX => 'REINDEX TABLE peek.t',
	'CREATE INDEX' => 'CREATE INDEX ON peek.t (peek.pure(i + 1))',
	REFRESH => 'REFRESH MATERIALIZED VIEW peek.m',
	CLUSTER => 'CLUSTER peek.t USING t_idx');
foreach my $place (sort keys %commands)
{
	as('postgres', "UPDATE peek.place SET place = '$place'");
	as('postgres', $commands{$place});
}
# what the reader inserts itself is told from it by the session's user
as('postgres', "UPDATE peek.place SET place = 'autovacuum'");
is(as('peek', 'ALTER TABLE peek.t SET (autovacuum_enabled = on, autovacuum_analyze_threshold = 1, autovacuum_analyze_scale_factor = 0); INSERT INTO peek.t SELECT generate_series(2, 20)'), '', 'rows for autovacuum');
ok($node->poll_query_until('store', q(SELECT EXISTS (SELECT FROM pg_stat_all_tables WHERE relid = 'peek.t'::regclass AND autoanalyze_count > 0))), 'autovacuum has come by');

my $proof = $node->safe_psql('store', 'SELECT DISTINCT place, view, seen FROM peek.proof WHERE place <> \'autovacuum\' OR outer_user <> \'peek\' ORDER BY 1, 2');
foreach my $place ('by itself', 'autovacuum', sort keys %commands)
{
	my @lines = grep { /^\Q$place\E\|/ } split /\n/, $proof;
	cmp_ok(scalar(@lines), '>=', 5, "$place: its code ran");
	is(join("\n", grep { !/\|(?:acme f|42501)$/ } @lines), '', "$place: and saw its own account, masked, or nothing");
}
is($node->safe_psql('store', q(SELECT count(*) FROM peek.proof WHERE place = 'by itself' AND seen <> 'acme f')), 0, 'called by itself it sees all five views');
is($node->safe_psql('store', q(SELECT string_agg(DISTINCT seen, ' ') FROM peek.proof WHERE place <> 'by itself' AND outer_user <> 'peek' AND view ~ 'block_list|keyword_reply')), '42501', 'what works with the rights of the owner refuses elsewhere');
cmp_ok($node->safe_psql('store', q(SELECT count(*) FROM peek.proof WHERE place = 'autovacuum' AND outer_user = 'postgres')), '>', 0, 'as autovacuum ran it');

# A view of the reader's own over a masked one gives nobody else more than it has
as('peek', 'CREATE VIEW peek.v AS SELECT account, recipient FROM smsengage.event_masked; CREATE VIEW peek.b AS SELECT account, mobile_number FROM smsengage.block_list_masked; GRANT USAGE ON SCHEMA peek TO PUBLIC; GRANT SELECT ON peek.v, peek.b TO PUBLIC');
as('postgres', 'CREATE ROLE nobody_else LOGIN');
is(as('nobody_else', 'SELECT count(*) FROM peek.v'), 0, 'who is granted a view over a masked view sees the rows of his own accounts: none');
like(as('nobody_else', 'SELECT count(*) FROM peek.b'), qr/permission denied for function masked_rows|no masked reader/, 'and of the others');

# A hostile path changes nothing
as('peek', q(CREATE FUNCTION peek.acts_for(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true'; CREATE FUNCTION peek.mask_number(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
	CREATE FUNCTION peek.eq(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true'; CREATE OPERATOR peek.= (LEFTARG = text, RIGHTARG = text, FUNCTION = peek.eq);
	CREATE TABLE peek.event AS SELECT 'mine' AS account; CREATE TABLE peek.account_role AS SELECT 'peek'::regrole AS role, 'masked' AS kind, '*' AS account, 'peek' AS role_name, 1::bigint AS cluster));
is(as('peek', q(SET search_path = peek, smsengage, pg_catalog; SELECT string_agg(DISTINCT account, ','), bool_or(recipient LIKE '%55%') FROM smsengage.event_masked)), 'acme|f', 'a hostile path, plain view');
is(as('peek', q(SET search_path = peek, smsengage, pg_catalog; SELECT string_agg(DISTINCT account, ','), bool_or(mobile_number LIKE '%55%') FROM smsengage.block_list_masked)), 'acme|f', 'a hostile path, rows by the owner');

# revoked in the middle of a session
as('owner', "SELECT smsengage.revoke_access('peek')");
like(as('peek', 'SELECT count(*) FROM smsengage.event_masked'), qr/permission denied/, 'revoked: plain view');
like(as('peek', 'SELECT count(*) FROM smsengage.block_list_masked'), qr/permission denied/, 'revoked: rows by the owner');
like(as('peek', q(SELECT * FROM smsengage_internal.masked_rows('block_list') AS t (a text))), qr/ERROR:  this role is no masked reader/, 'revoked: the function');

StoreTest::all_sound($node);
$node->stop;
done_testing();
