# The install script, an update script, and what cannot pin its search path,
# among tens of thousands of functions, operators and domains that somebody else
# made: in the schema that the extension goes to, and before pg_catalog in the path.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../perl";
use Hostile;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest ();
use Test::More;

plan skip_all => 'needs the staged extension of "make localcheck"' unless $ENV{TEMP_CONFIG};

my $node = PostgreSQL::Test::Cluster->new('hostile');
$node->init(extra => [ '-E', 'UTF8', '--no-locale' ]);
$node->append_conf('postgresql.conf', "timezone = 'UTC'\nmax_locks_per_transaction = 1024\n");
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE evil LOGIN');

# an update script that makes every function with a parsed body anew, and one
# more with the hole that is looked for: float8 > int4 is in no exact form in
# pg_catalog
my ($version) = slurp_file('smsengage.control') =~ /^default_version\s*=\s*'(.*)'/m;
my $install = slurp_file("sql/smsengage--$version.sql");
my %word = map { $_ => 1 } $install =~ /\b([a-z_][a-z0-9_]+)\(/g;
my @words = sort keys %word;
my $hole = "CREATE FUNCTION smsengage.with_a_hole() RETURNS boolean\nLANGUAGE sql STABLE\nBEGIN ATOMIC\n\tSELECT pg_catalog.date_part('isodow', pg_catalog.now()) > 5;\nEND;\nCOMMENT ON FUNCTION smsengage.with_a_hole() IS 'Has one.';\n";
my @parsed = map { s/^CREATE /CREATE OR REPLACE /r } grep { /^BEGIN ATOMIC$/m } $install =~ /^(CREATE FUNCTION .*?^(?:END;|AS .*?;|\$\w*\$;)$)/gms;
cmp_ok(scalar(@parsed), '>', 25, 'an update script with functions to be parsed');
my ($place) = slurp_file($ENV{TEMP_CONFIG}) =~ /^extension_(?:destdir|control_path) *= *'([^':]*)/m;
my ($target) = grep { -e "$_/smsengage.control" } map { ("$place$_", "$place/$_") } map { chomp(my $d = `$ENV{PG_CONFIG} --sharedir`); ("$d/extension", 'extension') } 1;
append_to_file("$target/smsengage--$version--99.9.sql", join("\n", @parsed, $hole, 'SELECT smsengage_internal.set_rights();'));

sub quietly
{
	my ($db, $sql, @options) = @_;
	my ($out, $err);
	my $code = $node->psql($db, $sql, stdout => \$out, stderr => \$err, @options);
	return ($code, $out, $err);
}

# 1. Objects that were there before; made once, as it takes a while
$node->safe_psql('postgres', 'CREATE DATABASE traps; GRANT CREATE ON DATABASE traps TO evil');
$node->safe_psql('traps', 'CREATE SCHEMA smsengage', extra_params => [ '-U', 'evil' ]);
my ($code, $out, $err) = quietly('traps', hostile_objects('smsengage', [ grep { $install !~ /^CREATE (?:FUNCTION|AGGREGATE|PROCEDURE) smsengage\.\Q$_\E\(/m } @words ]), extra_params => [ '-U', 'evil' ]);
my ($made) = $err =~ /(\d+) objects/;
cmp_ok($made // 0, '>', 40_000, ($made // $err) . ' functions and operators of somebody else');
$node->safe_psql('postgres', "CREATE DATABASE $_ TEMPLATE traps") foreach 'before', 'trapped';

($code, $out, $err) = quietly('before', 'CREATE EXTENSION smsengage');
is($code, 0, 'the extension installs among them') or diag(substr($err, 0, 2000));
is($node->safe_psql('before', caught('evil')), '', 'and uses none of them');
($code, $out, $err) = quietly('before', "ALTER EXTENSION smsengage UPDATE TO '99.9'");
is($code, 0, 'it updates among them') or diag(substr($err, 0, 2000));
is($node->safe_psql('before', caught('evil')), 'function smsengage.with_a_hole() uses operator smsengage.>(double precision,integer)', 'and uses none of them but where we made it');
is($node->safe_psql('before', "SELECT has_function_privilege('public', 'smsengage.with_a_hole()', 'EXECUTE')"), 'f', 'what an update adds is for the owner only');
($code, $out, $err) = quietly('before', 'SELECT smsengage.create_store()');
is($code, 0, 'a store among them, as they have no name of it') or diag(substr($err, 0, 2000));
is($node->safe_psql('before', caught('evil')) =~ s/.*with_a_hole.*//r, '', 'which uses none of them');

is($node->safe_psql('before', 'SELECT problem FROM smsengage.doctor()'), 'the role evil may create objects in it', 'doctor() says whose the schema is');
$node->safe_psql('before', 'ALTER SCHEMA smsengage OWNER TO postgres');

# 2. Objects before pg_catalog in the path of whoever calls: procedures cannot
# pin it and commit, views and functions are asked as well
my @path = ("SET search_path = hostile, pg_catalog;");
$node->safe_psql('postgres', 'CREATE DATABASE plain');
$node->safe_psql('trapped', 'ALTER SCHEMA smsengage RENAME TO hostile');
($code, $out, $err) = quietly('trapped', hostile_domains('hostile'), extra_params => [ '-U', 'evil' ]);
is($code, 0, 'a schema of theirs') or diag(substr($err, 0, 2000));
foreach my $db ('plain', 'trapped')
{
	$node->safe_psql($db, q{CREATE EXTENSION smsengage; SELECT smsengage.create_store();
		CREATE SCHEMA feed; CREATE TABLE feed.payloads (payload text);
		INSERT INTO feed.payloads SELECT format('{"event_type":"%s","event_id":"%s","event_time":"2026-03-%sT10:00:00Z","individual_id":"p%s","recipient":"+120255501%s","message_id":"m%s","link_name":"l"}',
			(ARRAY['SENT', 'CLICK', 'DELIVERED', 'UNSUBSCRIBE'])[1 + n % 4], n, 10 + n % 20, n % 7, 10 + n % 9, n / 2) FROM generate_series(1, 200) n;
		INSERT INTO smsengage.retention VALUES ('*', '30 days');
		SELECT smsengage.inbox('native', '{"event_type":"CLICK","event_id":"in","event_time":"2026-04-01T10:00:00Z","recipient":"+12025550110"}'::text, 'A');});
}
foreach my $call ("CALL smsengage.ingest_from('native', 'feed.payloads', account => 'A', batch_rows => 50)", 'CALL smsengage.drain_inbox()', 'CALL smsengage.fold()', 'CALL smsengage.rebuild()', 'CALL smsengage.maintain()',
	'CALL smsengage.ingest_from(\'native\', \'feed.payloads\', account => \'A\', resume => true)', "BEGIN; CALL smsengage.fold(); CALL smsengage.drain_inbox(); COMMIT",
	"SELECT * FROM smsengage.ingest('native', '{\"event_type\":\"CLICK\",\"event_id\":\"one\",\"event_time\":\"2026-05-01T10:00:00Z\",\"recipient\":\"+12025550110\"}'::pg_catalog.text, 'A')",
	"BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM smsengage.ingest('native', '{\"event_type\":\"STOP\",\"event_id\":\"two\",\"event_time\":\"2026-05-01T10:00:00Z\",\"recipient\":\"+12025550110\"}'::pg_catalog.text, 'A'); COMMIT",
	"SELECT * FROM smsengage.submit('native', '{\"event_type\":\"CLICK\",\"event_id\":\"three\",\"event_time\":\"2026-05-02T10:00:00Z\",\"individual_id\":\"new\"}'::pg_catalog.text, 'A')",
	"SELECT smsengage.record_consent('+12025550111', true, 'A', '55501')", 'SELECT * FROM smsengage.doctor()',
	"SELECT part, erased FROM smsengage.forget(recipient => '+12025550112', force => true)", 'SELECT smsengage.migrate()',
	"SELECT smsengage_internal.business_days_after('2026-05-02 00:00Z', 10)", "SELECT smsengage.segment_size('click >= 1', '2026-05-02 00:00Z')", "SELECT * FROM smsengage.can_send('+12025550110', 'A', '55501', at => '2026-05-02 00:00Z')",
	"SELECT smsengage.grant_reader('evil', 'A'), smsengage.grant_admin('evil'), smsengage.revoke_access('evil')")
{
	my ($plain_code, $plain, $plain_err) = quietly('plain', "SET timezone = 'UTC'; $call");
	my ($code, $out, $err) = quietly('trapped', "SET timezone = 'UTC'; @path $call");
	is($plain_err =~ s/^psql.*?(?=ERROR)|\S*NOTICE.*\n//gmr, '', "alone: $call");
	is($err =~ s/^psql.*?(?=ERROR)|\S*NOTICE.*\n//gmr, '', 'with the path of theirs');
	is($out, $plain, 'the same comes of it');
}
is($node->safe_psql('trapped', caught('evil')), '', 'nothing that migrate() made uses what was in the way');
is($node->safe_psql('trapped', "SELECT count(*) FROM smsengage.event"), $node->safe_psql('plain', "SELECT count(*) FROM smsengage.event"), 'and the store has what the other has');
my @views = split /\n/, $node->safe_psql('plain', q{SELECT relation FROM smsengage_internal.store_relations() WHERE kind = 'v' AND name NOT LIKE '%masked'});
my @wrong;
foreach my $view (@views)
{
	my ($a, $b) = ((quietly('plain', "SELECT pg_catalog.count(*) FROM $view"))[1], (quietly('trapped', "@path SELECT pg_catalog.count(*) FROM $view"))[1]);
	push @wrong, "$view: $a, $b" if $a ne $b;
}
is(join("\n", @wrong), '', scalar(@views) . ' views answer as ever');

StoreTest::all_sound($node);
done_testing();
