# What tests of updates share: a copy of the staged extension to which versions
# and libraries can be added, databases that are filled, and their comparison.
package UpgradeTest;

use strict;
use warnings;
use Exporter qw(import);
use File::Basename;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest;
use Test::More;

our @EXPORT = qw(start_server ask complaint add_version put_library run_sql changes build_sql database difference other_rows @samples @fill $later $use $data);

# Every sample, and what its provider is called
our @samples = map { m{samples/([^/]+)/} ? [ $1, quoted(slurp_file($_)) ] : () } sort(glob('contrib/samples/*/*.json'));
our @fill = map { "SELECT smsengage.ingest('$_->[0]', $_->[1], 'A');" } @samples;
our $later = q{SELECT * FROM smsengage.ingest('native', '{"event_type":"DELIVERED","event_time":"2019-06-05T10:00:00Z","account":"A","message_id":"later","event_id":"later"}')};
# What else a store is used for
our $use = <<'SQL';
SELECT smsengage.ingest('native', '{"event_type":"CLICK","event_id":"u1","event_time":"2026-03-01T00:00:00Z","recipient":"+12025550177","message_id":"u1","link_name":"l"}'::jsonb, 'A');
SELECT smsengage.ingest('native', '{"event_type":"DELIVERED","event_time":"2026-03-01T00:00:00Z","recipient":"+12025550177","message_id":"u1","price":"0.0500"}'::bytea, 'A');
SELECT smsengage.ingest('native', '{"event_type":"UNHEARD"}'::json, 'A');
SELECT smsengage.inbox('native', '{"event_type":"CLICK","event_id":"u2","event_time":"2026-03-02T00:00:00Z","recipient":"+12025550178"}'::text, 'A');
CALL smsengage.drain_inbox();
CREATE TABLE payloads AS SELECT format('{"event_type":"REPLY","event_id":"u%s","event_time":"2026-03-02T00:00:00Z","recipient":"+12025550178"}', i) AS payload FROM generate_series(3, 9) i;
CALL smsengage.ingest_from('native', 'payloads', account => 'A');
CALL smsengage.fold();
SELECT smsengage.save_segment('clickers', 'click >= 1', 'all', 'A');
SELECT smsengage.add_block('+12025550177', 530, 'A', '2026-03-01 00:00Z', 'asked');
SELECT smsengage.unblock('+12025550177', 'A', '2026-03-02 00:00Z');
SELECT smsengage.record_consent('+12025550178', false, 'A', '55501', '2026-03-01 00:00Z', 'on the phone');
SELECT smsengage.link_individuals('+12025550177', '+12025550178', '2026-03-01 00:00Z');
SELECT smsengage.replay_block_policy(530, '30 days', 'global', '2026-01-01 00:00Z', '2026-07-01 00:00Z');
INSERT INTO smsengage.retention (account, keep) VALUES ('nobody', '10 years');
SELECT smsengage.ingest('native', '{"event_type":"CLICK","event_id":"u20","event_time":"2026-03-01T00:00:00Z","recipient":"+12025550199"}', 'A');
SELECT smsengage.forget(recipient => '+12025550199');
CALL smsengage.maintain();
CALL smsengage.rebuild();
SQL
# What of it has no arrival in it; zeros behind a price are no difference.
# known() leaves out columns that the version of then did not have.
our $data = <<'SQL';
SELECT 'event', public.known('event', to_jsonb(e)) - 'received_at' - CASE WHEN e.created_time = e.received_at THEN 'created_time' ELSE '-' END FROM smsengage.event e WHERE e.time_source IS NULL AND e.provider <> 'native' OR e.message_id = 'u1'
UNION ALL SELECT 'message', public.known('message', to_jsonb(m)) || jsonb_build_object('state', m.state::text, 'price', trim_scale(m.price)) FROM smsengage.message m
	WHERE NOT EXISTS (SELECT FROM smsengage.event e WHERE e.message_key = m.message_key AND e.time_source IS NOT NULL)
UNION ALL SELECT 'individual', to_jsonb(i) FROM smsengage.individual i
UNION ALL SELECT 'contact_point', to_jsonb(c) FROM smsengage.contact_point c
UNION ALL SELECT 'rejected_event', to_jsonb(r) - 'received_at' FROM smsengage.rejected_event r
UNION ALL SELECT 'subscription', to_jsonb(s) - 'event_key' FROM smsengage.subscription s WHERE s.event_time < '2026-06-01'
UNION ALL SELECT 'segment', to_jsonb(s) - 'saved_at' FROM smsengage.segment_definition s
UNION ALL SELECT 'outcome', to_jsonb(t.*) FROM (SELECT account, provider, sum(messages) AS messages, sum(parts) AS parts FROM smsengage.outcome_tally WHERE level <= 1 GROUP BY 1, 2) t
UNION ALL SELECT 'tally', to_jsonb(t.*) FROM (SELECT s.account, s.event_type, s.dimension, s.value, sum(smsengage.total(t.tally)) AS n FROM smsengage.engagement_tally t JOIN smsengage.series s USING (series_no) WHERE t.level <= 1 GROUP BY 1, 2, 3, 4) t
ORDER BY 1, 2
SQL
my $known = <<'SQL';
DROP FUNCTION IF EXISTS public.known;
DROP TABLE IF EXISTS public.known_column;
CREATE TABLE public.known_column AS
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 WHERE c.relnamespace = 'smsengage'::regnamespace;
CREATE FUNCTION public.known(relation name, r jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT r - coalesce((SELECT array_agg(k) FROM jsonb_object_keys(r) k WHERE (relation, k) NOT IN (SELECT relname, attname FROM public.known_column)), '{}') $$;
SQL

my ($node, $extensions, $library);
# who owns the databases
my $owner = 'postgres';

sub ask
{
	my ($name, $query, $role) = @_;
	return $node->safe_psql($name, $query, extra_params => [ '-U', $role // $owner ]);
}

# What it said, if it failed
sub complaint
{
	my ($name, $statement, $role) = @_;
	my ($code, $out, $err) = $node->psql($name, $statement, extra_params => [ '-U', $role // $owner ]);
	return $code == 0 ? '' : $err;
}

sub run_sql
{
	my ($name, @statements) = @_;
	foreach my $statement (@statements)
	{
		my $err = complaint($name, $statement);
		BAIL_OUT("$name: $err") if $err ne '';
	}
	return;
}

# A server that loads a copy of the staged extension, which is ours to change;
# databases belong to a role
sub start_server
{
	my ($name, $role) = @_;
	my $config = slurp_file($ENV{TEMP_CONFIG});
	my ($staged) = $config =~ m{'([^':]*/inst)\b} or BAIL_OUT("no folder in $ENV{TEMP_CONFIG}");
	my $own = PostgreSQL::Test::Utils::tempdir . '/inst';
	system('cp', '-R', $staged, $own) == 0 or BAIL_OUT("cp -R $staged failed");
	$config =~ s/\Q$staged\E/$own/g;
	($extensions) = map { dirname($_) } split /\n/, `find '$own' -name smsengage.control`;
	($library) = split /\n/, `find '$own' -name smsengage.so`;

	$node = PostgreSQL::Test::Cluster->new($name);
	$node->init;
	$node->append_conf('postgresql.conf', "$config\ntimezone = 'UTC'\n");
	$node->start;
	if (defined $role)
	{
		$node->safe_psql('postgres', "CREATE ROLE $role LOGIN");
		$owner = $role;
	}
	return $node;
}

# Sessions that have the old one keep it
sub put_library
{
	my ($file) = @_;
	system('cp', $file, "$library.new") == 0 && rename("$library.new", $library) or BAIL_OUT("cp $file failed");
	return;
}

# An install script, and the update script to or from it
sub add_version
{
	my ($name, $text, $from, $script) = @_;
	append_to_file("$extensions/smsengage--$name.sql", $text) if defined $text;
	append_to_file("$extensions/smsengage--$from--$name.sql", $script) if defined $script;
	return;
}

# What changes.pl says: whether it could, and its script or its words
sub changes
{
	my ($was, $is, $from, $to, $folder) = @_;
	my ($out, $err);
	my $done = IPC::Run::run([ $^X, 'sql/changes.pl', $was, $is, $from, $to, $folder ], '>', \$out, '2>', \$err);
	return ($done, $done ? $out : $err);
}

# The install script of a tree
sub build_sql
{
	my ($tree) = @_;
	return scalar `cd '$tree' && awk -f sql/build.awk sql/ORDER`;
}

sub database
{
	my ($name, @statements) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $name OWNER $owner");
	run_sql($name, @statements, $known, slurp_file('test/include/snapshot.sql'));
	return;
}

# Lines of one side only
sub difference
{
	my ($a, $b, $not) = @_;
	my @lines = map { my %l = map { $_ => 1 } split /\n/, ask($_, 'SELECT line FROM public.snapshot()'); \%l } $a, $b;
	return join "\n", grep { !$not || !/$not/ } (map { "only in $a: " . substr($_, 0, 500) } sort grep { !$lines[1]{$_} } keys %{ $lines[0] }),
	  (map { "only in $b: " . substr($_, 0, 500) } sort grep { !$lines[0]{$_} } keys %{ $lines[1] });
}

# Rows of one side only; a reference is to rows that were read before
sub other_rows
{
	my ($a, $b) = map { my $rows = ref $_ ? $$_ : ask($_, $data); +{ map { $_ => 1 } split /\n/, $rows } } @_;
	return join "\n", (map { "only in the first: $_" } sort grep { !$b->{$_} } keys %$a), (map { "only in the second: $_" } sort grep { !$a->{$_} } keys %$b);
}

1;
