# pgaudit hears of what ingestion writes, whichever way it goes: of each table
# that SQL's commands name, by session and by object, with rows counted, from
# loops, and from the protocol's call of a function.  Skipped where pgaudit is
# not installed (sh test/prepare.sh audit).
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../perl";
use IO::Socket::UNIX;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest ();
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('audited');
$node->init(extra => [ '-E', 'UTF8', '--no-locale' ]);
plan skip_all => 'pgaudit is not installed' unless -e $node->config_data('--sharedir') . '/extension/pgaudit.control';
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'pgaudit'
log_line_prefix = ''
CONF
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION smsengage; SELECT smsengage.create_store(), smsengage_internal.make_partition('2026-01-01');
	CREATE ROLE auditor;
	-- n events from the i-th on; each of a message and a person of its own
	CREATE FUNCTION payload(i integer, n integer) RETURNS text LANGUAGE sql AS
	$$ SELECT json_agg(json_build_object('event_type', 'SENT', 'event_time', timestamptz '2026-01-10Z' + make_interval(secs => k), 'message_id', 'm' || k, 'recipient', '+12025550101', 'individual_id', 'p' || k))::text
		FROM generate_series(i, i + n - 1) k $$;
});

# What the log has of a command: class, command, table.
sub heard
{
	my ($set, $sql) = @_;
	my $from = -s $node->logfile;
	my ($result, $out, $err) = $node->psql('postgres', "$set; $sql");

	is("$result $err", '0 ', "$sql works");
	return audited($from);
}

sub audited
{
	my ($from) = @_;
	my %heard;

	foreach my $line (split /\n/, slurp_file($node->logfile, $from))
	{
		my ($kind, $class, $command, $table) = $line =~ /AUDIT: (SESSION|OBJECT),\d+,\d+,(\w+),([\w ]+),(?:TABLE)?,([\w.]*),/ or next;
		$heard{"$class $command $table"}++ if $table =~ /^smsengage\./;
	}
	return \%heard;
}

my $session = "SET pgaudit.log = 'read, write'; SET pgaudit.log_relation = on; SET pgaudit.log_catalog = off";
my $by_sql = 'SET default_transaction_isolation = "repeatable read"';
my @writes = map { "WRITE INSERT smsengage.$_" } qw(contact_point engagement_tally event individual message outcome_tally series);
my $n = 1000;

my $sql = heard("$session; $by_sql", "SELECT smsengage.ingest('native', payload(0, 3), '5001')");
my $paged = heard($session, "SELECT smsengage.ingest('native', payload(100, 3), '5001')");
is(join("\n", grep { !$paged->{$_} } grep { /^WRITE/ } sort keys %$sql), '', 'each table that SQL writes is heard of');
is(join("\n", grep { /INSERT/ } sort keys %$paged), join("\n", @writes), 'what is written by pages');
is($paged->{'READ SELECT smsengage.tally_dimension'}, 1, 'what is read is heard of too');
is(join(' ', map { $paged->{$_} } @writes), join(' ', (1) x @writes), 'once');

# without log_relation a command is told once, and is no error
ok(heard("SET pgaudit.log = 'write'; SET pgaudit.log_relation = off", "SELECT smsengage.ingest('native', payload(200, 3), '5001')"), 'commands only');

# rows are counted when a command ends: what it was told of must last until then
foreach my $loop ("SELECT count(*) FROM generate_series(0, 200) i, smsengage.ingest('native', payload(%d + i * 3, 3), '5001')",
	"DO \$\$ BEGIN FOR i IN 0..200 LOOP PERFORM smsengage.ingest('native', payload(%d + i * 3, 3), '5001'); END LOOP; END \$\$",
	"SELECT smsengage_internal.ingest_batch(smsengage_internal.batch('native', payload(%d, 3), '5001', now()), '5001')")
{
	my $rows = heard("$session; SET pgaudit.log_rows = on", sprintf($loop, $n));
	cmp_ok($rows->{'WRITE INSERT smsengage.event'} // 0, '>', 0, 'rows are counted');
	$n += 1000;
}

# by object: a role that may only insert two columns of event
$node->safe_psql('postgres', 'GRANT INSERT (recipient, sender_id) ON smsengage.event TO auditor; GRANT UPDATE (state) ON smsengage.message TO auditor');
my $object = heard("SET pgaudit.role = 'auditor'", "SELECT smsengage.ingest('native', payload(300, 3), '5001')");
is(join("\n", sort keys %$object), "WRITE INSERT smsengage.event\nWRITE INSERT smsengage.message", 'by columns');

# a call by the protocol's own message has no command: SQL makes some
my ($function, $path) = split /\|/, $node->safe_psql('postgres', q{SELECT 'smsengage.ingest(text, text, text)'::regprocedure::oid || '|' || current_setting('unix_socket_directories') || '/.s.PGSQL.' || current_setting('port')});
$node->safe_psql('postgres', "ALTER ROLE CURRENT_USER SET pgaudit.log = 'read, write'; ALTER ROLE CURRENT_USER SET pgaudit.log_relation = on");
my $socket = IO::Socket::UNIX->new(Peer => $path) or die "$path: $!";
my $user = $node->safe_psql('postgres', 'SELECT current_user');
my $start = pack('N', 196608) . "user\0$user\0database\0postgres\0\0";

# Reads messages up to the one of this type; dies of an error.
sub answer
{
	my ($wanted) = @_;
	my $type = '';
	while ($type ne $wanted)
	{
		my ($head, $body) = ('', '');
		read($socket, $head, 5) == 5 or die 'the connection was closed';
		($type, my $length) = unpack('aN', $head);
		read($socket, $body, $length - 4) if $length > 4;
		die "error: $body" if $type eq 'E';
	}
	return;
}

print $socket pack('N', length($start) + 4) . $start;
answer('Z');
my $given = $node->safe_psql('postgres', 'SELECT payload(400, 3)');
my $from = -s $node->logfile;
my $call = pack('N n n n', $function, 1, 0, 3) . join('', map { pack('N/a*', $_) } 'native', $given, '5001') . pack('n', 0);
print $socket 'F' . pack('N', length($call) + 4) . $call;
answer('Z');
close $socket;
is($node->safe_psql('postgres', q{SELECT count(*) FROM smsengage.message WHERE message_id IN ('m400', 'm401', 'm402')}), '3', 'a call by the protocol works');
is(audited($from)->{'WRITE INSERT smsengage.event'}, 1, 'and is heard of');

StoreTest::all_sound($node);
done_testing();
