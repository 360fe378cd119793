# A filled store of an ordinary role survives pg_dump | psql and pg_dump -Fc |
# pg_restore -j2 into new databases, with no step of its own: every row, view,
# comment and privilege is the same, sequences go on, and the payloads that it
# holds are known there.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../perl";
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest ();
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '-E', 'UTF8', '--no-locale' ]);
$node->append_conf('postgresql.conf', "timezone = 'UTC'\n");
$node->start;

$node->safe_psql('postgres', q{
	CREATE ROLE owner LOGIN;
	CREATE ROLE reader LOGIN;
	CREATE DATABASE origin OWNER owner;
	CREATE DATABASE plain OWNER owner;
	CREATE DATABASE custom OWNER owner;});

sub as_owner
{
	my ($db, $sql) = @_;
	return $node->safe_psql($db, $sql, extra_params => [ '-U', 'owner' ]);
}

# Payloads of several months, people and messages; good, bad and repeated.
sub ens
{
	my ($first, $last) = @_;
	return qq{(SELECT json_agg(json_build_object('eventCategoryType', 'TransactionalSendEvents.Sms' || (ARRAY['Sent', 'Delivered', 'Bounced'])[1 + n % 3],
	'timestampUTC', 1768039200000 + n * 3600000::bigint, 'compositeId', 'c' || n / 3, 'mid', 7, 'new', E'a "b" \\n é€', 'info', json_build_object('to', 12025550100 + n % 99,
	'subscriberKey', CASE WHEN n % 10 > 0 THEN 's' || n % 50 END, 'messageKey', 'm' || n / 3, 'reason', E'tab\\t', 'statusCode', (ARRAY['2000', '4000', '4501'])[1 + n % 3])))::text FROM generate_series($first, $last) n)};
}
my $dmo = q{(SELECT json_agg(json_build_object('EventID', 'ev-' || n, 'EventType', (ARRAY['CLICK', 'HELP', 'UNSUBSCRIBE'])[1 + n % 3], 'EventDateTime', to_char(timestamp '2026-02-01' + n * interval '7 hours', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
	'IndividualID', 'i' || n % 20, 'RecipientPhone', 12025550100 + n % 20, 'LinkName', 'l' || n % 3))::text FROM generate_series(1, 300) n)};
my @calls = (
	"SELECT smsengage.ingest('salesforce_ens', " . ens(1, 900) . ")",
	"SELECT smsengage.ingest('salesforce_dmo', $dmo, 'unit')",
	q{SELECT smsengage.ingest('salesforce_ens', '[17,{"a":"\u0000"},{"b":nul}]')},
	q{SELECT smsengage.ingest('salesforce_ens', '\x7b2261223a22e9227d'::bytea)},
	q{SELECT smsengage.ingest('salesforce_ens', '{"callbackId":"c","verificationKey":"k"}')});

as_owner('origin', q{CREATE EXTENSION smsengage});
as_owner('origin', q{SELECT smsengage.create_store()});
as_owner('origin', "$_;") foreach @calls;
as_owner('origin', q{
	GRANT USAGE ON SCHEMA smsengage TO reader;
	GRANT SELECT ON smsengage.event, smsengage.message_engagement TO reader;
	CREATE INDEX my_index ON smsengage.event (sender_id);});

# Everything that can be seen: rows of tables and views, definitions, comments.
# Of views without the aliases, which the server adds when it reads its own text;
# the names of their columns are compared as columns.
sub picture
{
	my $db = shift;
	my @relations = split /\n/, as_owner($db, q{
		SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND has_table_privilege(c.oid, 'SELECT') ORDER BY c.relname COLLATE "C"});
	my $rows = join '', map { "== $_\n" . as_owner($db, qq{SELECT t::text COLLATE "C" FROM $_ t ORDER BY 1}) . "\n" } @relations;
	my $catalog = as_owner($db, q{
		SELECT x FROM (
			SELECT format('%s %s owner %s, rights %s, %s, %s', c.relkind, c.oid::regclass, c.relowner::regrole, c.relacl, c.reloptions, obj_description(c.oid, 'pg_class')) || coalesce(CASE WHEN c.relkind = 'v' THEN regexp_replace(pg_get_viewdef(c.oid), ' AS [^,\s]+', '', 'g') END, '') || coalesce(pg_get_expr(c.relpartbound, c.oid), '') AS x
				FROM pg_class c WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind <> 'c'
			UNION ALL SELECT format('column %s %s %s %s %s %s %s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attstorage, a.attidentity, col_description(a.attrelid, a.attnum)) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
				WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind <> 'i' AND a.attnum > 0 AND NOT a.attisdropped
			UNION ALL SELECT 'index ' || pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = 'smsengage'::regnamespace
			UNION ALL SELECT format('constraint %s %s %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) FROM pg_constraint k WHERE k.connamespace = 'smsengage'::regnamespace
			UNION ALL SELECT format('sequence %s %s', s.schemaname || '.' || s.sequencename, s.last_value) FROM pg_sequences s WHERE s.schemaname = 'smsengage') s
		ORDER BY x COLLATE "C"});
	return ($rows, $catalog);
}

# The lines that only one of the two has.
sub difference
{
	my %count;
	$count{$_}++ foreach split /\n/, $_[0];
	$count{$_}-- foreach split /\n/, $_[1];
	return join "\n", map { ($count{$_} > 0 ? '- ' : '+ ') . $_ } sort grep { $count{$_} } keys %count;
}

my ($rows, $catalog) = picture('origin');
like($rows, qr/^== smsengage\.event\n\(/m, 'there are events to compare');
cmp_ok(scalar(() = $rows =~ /\n/g), '>', 2000, 'and many rows');

my $dir = $node->backup_dir;
mkdir $dir unless -d $dir;
$node->command_ok([ 'pg_dump', '-U', 'owner', '-f', "$dir/plain.sql", 'origin' ], 'plain dump by the owner');
$node->command_ok([ 'pg_dump', '-U', 'owner', '-Fc', '-f', "$dir/custom.dump", 'origin' ], 'custom dump by the owner');
$node->command_ok([ 'psql', '-X', '-q', '-U', 'owner', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/plain.sql", 'plain' ], 'restored by psql');
$node->command_ok([ 'pg_restore', '-U', 'owner', '--exit-on-error', '-j2', '-d', 'custom', "$dir/custom.dump" ], 'restored by pg_restore -j2');

foreach my $db ('plain', 'custom')
{
	my ($new_rows, $new_catalog) = picture($db);
	is(difference($rows, $new_rows), '', "$db: every row of every table and view");
	is(difference($catalog, $new_catalog), '', "$db: definitions, owners, rights, comments, sequences");

	my $before = as_owner($db, 'SELECT count(*), max(individual_no) FROM smsengage.event');
	my $accepted = join ' ', map { as_owner($db, s/^SELECT (smsengage.*)$/SELECT accepted FROM $1/sr) } @calls;
	is($accepted, '0 0 0 0 0', "$db: the same payloads are known");
	is(as_owner($db, 'SELECT count(*), max(individual_no) FROM smsengage.event'), $before, "$db: and change nothing");
	is(as_owner($db, "SELECT accepted, duplicate FROM smsengage.ingest('salesforce_ens', " . ens(895, 1000) . ")"), '100|6', "$db: newer events are new");
	is(as_owner($db, q{SELECT smsengage.ingest('salesforce_ens', '{"eventCategoryType":"TransactionalSendEvents.SmsSent","timestampUTC":1784039200000,"mid":7,"info":{"subscriberKey":"newcomer"}}')}), '(1,0,0,0)', "$db: a month that was not there");
	is(as_owner($db, q{SELECT count(*) FROM (SELECT individual_no FROM smsengage.individual GROUP BY 1 HAVING count(*) > 1) s}), '0', "$db: no number is given twice");
	is(as_owner($db, q{SELECT max(individual_no) = (SELECT individual_no FROM smsengage.individual WHERE individual_id = 'newcomer') FROM smsengage.individual}), 't', "$db: the sequence goes on");
	as_owner($db, 'SELECT smsengage.migrate()');
	is(as_owner($db, q{SELECT string_agg(DISTINCT c.relowner::regrole::text, ',') FROM pg_class c WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S')
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')}), 'owner', "$db: all is the owner's, also after migrate()");
}
my ($out, $err);
is($node->psql('plain', 'DROP EXTENSION smsengage', stderr => \$err, extra_params => [ '-U', 'owner' ]), 3, 'DROP EXTENSION refuses after a restore');
like($err, qr/cannot drop extension smsengage because other objects depend on it/, 'and says why');
foreach my $db ('plain', 'custom')
{
	is(as_owner($db, 'SELECT smsengage.drop_store(force => true)'), '', "$db: the restored store is dropped");
	is(as_owner($db, "DROP EXTENSION smsengage; SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE starts_with(n.nspname, 'smsengage')"), '0', "$db: and then the extension, and nothing is left");
}

StoreTest::all_sound($node);
done_testing();
