# A trusted extension: installed by the owner of a database, not led astray by
# what others put in its way, and clear about what it needs.
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
$node->start;
$node->safe_psql('postgres', q{
	CREATE ROLE owner LOGIN;
	CREATE ROLE hostile LOGIN;
	CREATE ROLE stranger LOGIN;
	CREATE DATABASE shop OWNER owner;
	CREATE DATABASE latin OWNER owner ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0;
	CREATE DATABASE ascii OWNER owner ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0;});

# [exit code, output, errors]
sub try
{
	my ($db, $role, $sql) = @_;
	my ($out, $err);
	my $code = $node->psql($db, $sql, stdout => \$out, stderr => \$err, extra_params => [ '-U', $role ]);
	return ($code, $out, $err);
}

my ($code, $out, $err) = try('shop', 'stranger', 'CREATE EXTENSION smsengage');
like($err, qr/permission denied/, 'not everybody may install');

# Objects that a careless script would pick up: operators, functions and types of
# fitting names in the schema that the extension goes to and in the search path.
$node->safe_psql('shop', q{
	CREATE SCHEMA smsengage AUTHORIZATION owner;
	CREATE SCHEMA trap AUTHORIZATION hostile;
	GRANT USAGE, CREATE ON SCHEMA smsengage TO hostile;
	GRANT USAGE ON SCHEMA trap TO PUBLIC;
	ALTER DATABASE shop SET search_path = trap, smsengage, public;});
foreach my $schema ('smsengage', 'trap')
{
	$node->safe_psql('shop', qq{
		SET search_path = pg_catalog;
		CREATE FUNCTION $schema.spring(a text, b text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''caught''; END';
		CREATE FUNCTION $schema.spring(a integer, b smallint) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''caught''; END';
		CREATE FUNCTION $schema.spring(a varchar, b text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''caught''; END';
		CREATE OPERATOR $schema.= (FUNCTION = $schema.spring, LEFTARG = varchar, RIGHTARG = text);
		CREATE OPERATOR $schema.<> (FUNCTION = $schema.spring, LEFTARG = varchar, RIGHTARG = text);
		CREATE OPERATOR $schema.>= (FUNCTION = $schema.spring, LEFTARG = integer, RIGHTARG = smallint);
		CREATE FUNCTION $schema.now() RETURNS timestamptz LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''caught''; END';
		CREATE FUNCTION $schema.to_regclass(text) RETURNS regclass LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''caught''; END';
		CREATE FUNCTION $schema.coalesce_(text) RETURNS text LANGUAGE sql AS 'SELECT 1::text';
		CREATE FUNCTION $schema.format(text, VARIADIC text[]) RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''caught''; END';
		CREATE FUNCTION $schema.array_agg(bigint) RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''caught''; END';
		CREATE DOMAIN $schema.timestamptz AS text;
		CREATE TABLE $schema.pg_class (relname text);},
		extra_params => [ '-U', 'hostile' ]);
}
($code, $out, $err) = try('shop', 'owner', 'CREATE EXTENSION smsengage');
is($code, 0, 'the owner of the database installs it, traps or not') or diag($err);
($code, $out, $err) = try('shop', 'owner', 'SELECT smsengage.create_store()');
is($code, 0, 'and makes the store') or diag($err);
my $payload = '{"eventCategoryType":"TransactionalSendEvents.SmsDelivered","timestampUTC":1768039200000,"compositeId":"c","mid":7,"info":{"to":"12025550101","subscriberKey":"s","messageKey":"m","statusCode":"4000"}}';
($code, $out, $err) = try('shop', 'owner', qq{SELECT * FROM smsengage.ingest('salesforce_ens', '$payload')});
is($out, '1|0|0|0', 'and ingests') or diag($err);
($code, $out, $err) = try('shop', 'owner', q{CREATE TEMP TABLE event (event_key text); CREATE TEMP VIEW batch_counts AS SELECT 1; SELECT * FROM smsengage.ingest('salesforce_ens', '17'); SELECT count(*) FROM smsengage.message_engagement; SELECT count(*) FROM smsengage.transactional_event; SELECT smsengage.migrate(); SELECT state FROM smsengage.message});
is($out, "0|0|1|0\n0\n1\n\nSMS delivered 4000 \@2026-01-10T10:00:00Z by code", 'temporary objects do not get in the way') or diag($err);
is($node->safe_psql('shop', q{SELECT string_agg(DISTINCT c.relowner::regrole::text, ',') FROM pg_class c WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S') AND c.relname <> 'pg_class'
	AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')}), 'owner', 'the store is the owner\'s');

# what stood there before is not taken over
$node->safe_psql('postgres', 'CREATE DATABASE taken OWNER owner');
$node->safe_psql('taken', q{CREATE SCHEMA smsengage AUTHORIZATION owner; GRANT USAGE, CREATE ON SCHEMA smsengage TO hostile});
$node->safe_psql('taken', q{CREATE FUNCTION smsengage.migrate() RETURNS void LANGUAGE plpgsql AS 'BEGIN END'}, extra_params => [ '-U', 'hostile' ]);
($code, $out, $err) = try('taken', 'owner', 'CREATE EXTENSION smsengage');
like($err, qr/function "migrate" already exists|already exists with same argument types/, 'a function in the way stops the installation');
$node->safe_psql('taken', 'DROP FUNCTION smsengage.migrate()', extra_params => [ '-U', 'hostile' ]);
$node->safe_psql('taken', 'CREATE SCHEMA smsengage_internal AUTHORIZATION hostile');
($code, $out, $err) = try('taken', 'owner', 'CREATE EXTENSION smsengage');
like($err, qr/schema "smsengage_internal" already exists/, 'and so does a schema that somebody else has');

# rights
($code, $out, $err) = try('shop', 'stranger', 'SELECT smsengage.create_store()');
like($err, qr/permission denied for schema smsengage/, 'without USAGE there is nothing to call');
$node->safe_psql('shop', 'GRANT USAGE ON SCHEMA smsengage TO stranger', extra_params => [ '-U', 'owner' ]);
$node->safe_psql('postgres', 'CREATE DATABASE empty OWNER owner');
$node->safe_psql('empty', 'CREATE EXTENSION smsengage; GRANT USAGE ON SCHEMA smsengage TO stranger', extra_params => [ '-U', 'owner' ]);
($code, $out, $err) = try('empty', 'stranger', 'SELECT smsengage.create_store()');
like($err, qr/role "stranger" may not create tables in the schema smsengage/, 'a role without CREATE is told so');
like($err, qr/HINT:  The owner of the schema can say: GRANT CREATE ON SCHEMA smsengage TO stranger\./, 'and what helps');
($code, $out, $err) = try('shop', 'stranger', qq{SELECT * FROM smsengage.ingest('salesforce_ens', '$payload')});
like($err, qr/permission denied for function ingest/, 'no right to the tables, no ingestion');
unlike($err, qr/12025550101/, 'and no phone number in the error');
($code, $out, $err) = try('shop', 'stranger', qq{SELECT outcome FROM smsengage.parse('salesforce_ens', '$payload')});
is($out, 'event', 'parse() is for everybody');

# encodings
foreach my $db ('latin', 'ascii')
{
	is($node->safe_psql($db, 'CREATE EXTENSION smsengage; SELECT 1', extra_params => [ '-U', 'owner' ]), '1', "$db: the extension can be there");
	($code, $out, $err) = try($db, 'owner', 'SELECT smsengage.create_store()');
	like($err, qr/the database has the encoding (LATIN1|SQL_ASCII), a store needs UTF8/, "$db: but no store");
	like($err, qr/ENCODING 'UTF8'/, "$db: with a hint");
	($code, $out, $err) = try($db, 'owner', q{SELECT * FROM smsengage.parse('auto', '{}')});
	like($err, qr/the database has the encoding (LATIN1|SQL_ASCII), payloads need UTF8/, "$db: and no parsing");
}

like($node->safe_psql('shop', 'SELECT problem FROM smsengage.doctor()'), qr/^the role hostile may create objects in it$/m, 'doctor() names who could still put something in the way');
$node->safe_psql('shop', 'REVOKE CREATE ON SCHEMA smsengage FROM hostile', extra_params => [ '-U', 'owner' ]);

# nothing that a payload says is in the server's log, whatever it does
my $log = slurp_file($node->logfile);
unlike($log, qr/PANIC|terminated by signal/, 'nothing crashed');

StoreTest::all_sound($node);
done_testing();
