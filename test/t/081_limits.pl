# Inputs that are large, deep or many: each is taken, rejected as one event or
# refused with a clear error, in bounded memory and time.
#
# SMS_PAYLOAD_MB=100 for larger payloads than 16 MB; SMS_FIGURES=1 shows what
# each took.
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $mb = $ENV{SMS_PAYLOAD_MB} // 16;

my $node = PostgreSQL::Test::Cluster->new('limits');
$node->init;
$node->append_conf('postgresql.conf', "restart_after_crash = off\njit = off\nlog_min_error_statement = panic");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION smsengage;
SELECT smsengage.create_store();

-- an event and its start and end, so that something may stand between
CREATE FUNCTION click(n bigint) RETURNS text LANGUAGE sql AS $$
	SELECT format('{"event_type":"CLICK","event_time":"2026-03-01T10:00:00Z","event_id":"e%s","recipient":"+12025550101","x":1}', n)
$$;
CREATE FUNCTION one(member text) RETURNS text LANGUAGE sql AS $$
	SELECT left(click(0), -1) || ',' || member || '}'
$$;
SQL

# Runs a statement in a process of its own: its answer or "SQLSTATE message",
# seconds and the megabytes that this process grew to at most.
sub attempt
{
	my ($statement) = @_;
	my $start = time;
	my ($code, $out, $err) = $node->psql('postgres', <<"SQL");
\\set VERBOSITY verbose
SELECT m[1]::int / 1024 AS before FROM regexp_matches(pg_read_file('/proc/self/status'), 'VmHWM:\\s+(\\d+) kB') m \\gset
SELECT coalesce(($statement)::text, 'NULL');
SELECT m[1]::int / 1024 - :before FROM regexp_matches(pg_read_file('/proc/self/status'), 'VmHWM:\\s+(\\d+) kB') m
SQL
	die "the server is gone: $err" if $code == 2;
	my $seconds = time - $start;
	if ($err =~ /ERROR:  (.*)/) { return ($1, $seconds, 0); }
	$out =~ s/\n(-?\d+)$//;
	return ($out, $seconds, $1);
}

# limit NAME, STATEMENT, PATTERN OF THE ANSWER, SECONDS, MEGABYTES.  Seconds
# are for a slow machine under load, and still far from what a square costs.
sub limit
{
	my ($name, $statement, $wanted, $seconds, $megabytes) = @_;
	my ($answer, $took, $grew) = attempt($statement);
	diag(sprintf '%-56s %6.2f s %5d MB  %s', $name, $took, $grew, substr($answer, 0, 100)) if $ENV{SMS_FIGURES};
	like($answer, $wanted, "$name: answer");
	cmp_ok($took, '<', $seconds, "$name: seconds");
	cmp_ok($grew, '<', $megabytes, "$name: megabytes");
}

# what parse() says, in short
sub parsed
{
	my ($payload) = @_;
	return "SELECT concat_ws(' ', count(*), count(*) FILTER (WHERE outcome = 'event'), min(left(reason, 80))) FROM smsengage.parse('native', $payload)";
}

# What ingest() says
sub ingested
{
	my ($payload) = @_;
	return "SELECT concat_ws(' ', accepted, duplicate, rejected, ignored) FROM smsengage.ingest('native', $payload)";
}

foreach my $deep ([ 'arrays', "repeat('[', 100000)" ], [ 'objects', q~repeat('{"a":', 100000)~ ],
	[ 'closed arrays', "repeat('[', 100000) || repeat(']', 100000)" ])
{
	limit("$deep->[0] 100,000 deep", parsed($deep->[1]), qr/^1 0 /, 5, 64);
	limit("an event with $deep->[0] 100,000 deep", parsed(qq~one('"y":' || $deep->[1])~), qr/^1 0 /, 5, 64);
}
limit('1,000 times "[" before an event', parsed("repeat('[', 1000) || click(1)"), qr/^\d+ \d+/, 5, 64);

my $times = $mb * 1024 * 1024;
limit("$mb MB of blanks", parsed("repeat(' ', $times)"), qr/^[01] 0/, 30, 64 + 3 * $mb);
limit("$mb MB of garbage", parsed("repeat('garbage!', $times / 8)"), qr/^\d+ 0 /, 30, 64 + 5 * $mb);
limit("$mb MB of quotes", parsed("repeat('\"', $times)"), qr/^1000001 0 /, 60, 64 + 5 * $mb);
limit("$mb MB of braces", parsed("repeat('{', $times)"), qr/^\d+ 0 /, 60, 64 + 5 * $mb);
limit("$mb MB of bytes that are not UTF-8", parsed("decode(repeat('ff', $times), 'hex')"), qr/^\d+ 0 /, 60, 64 + 14 * $mb);
my $string = qq~one('"message_text":"' || repeat('x', $times) || '"')~;
limit("an event with a string of $mb MB", parsed($string), qr/^2 1 more than \d+ bytes/, 30, 64 + 12 * $mb);
limit("ingest of an event with a string of $mb MB", ingested($string), qr/^1 0 0 1$/, 60, 64 + 16 * $mb);
limit('a million members in one event',
	parsed(q~one((SELECT string_agg(format('"k%s":%s', i, i), ',') FROM generate_series(1, 1000000) i))~), qr/^2 1 more than \d+ bytes/, 60, 400);
limit('a million times the same member',
	parsed(q~one(rtrim(repeat('"link_name":"a",', 1000000), ','))~), qr/^2 1 more than \d+ bytes/, 60, 400);
limit('a number of a million digits', parsed(q~one('"price":' || repeat('9', 1000000))~), qr/^1 1/, 5, 64);
limit('a time of a million digits',
	parsed(q~'{"event_type":"CLICK","event_id":"e","recipient":"+12025550101","event_time":' || repeat('9', 1000000) || '}'~), qr/^1 1/, 5, 64);
limit('an unknown member with a number of a million digits', ingested(q~one('"y":1' || repeat('0', 1000000))~), qr/^0 1 0 0$/, 10, 200);
limit('a million empty objects', parsed(q~repeat('{}', 1000000)~), qr/^1000000 0 /, 60, 100);
limit('more events than a payload may have', parsed(q~repeat('{} ', 1000005)~), qr/^1000001 0 /, 60, 100);
limit('ingest of them', ingested(q~repeat('{} ', 1000005)~), qr/^0 0 1000001 0$/, 120, 100);
is($node->safe_psql('postgres', "SELECT payload FROM smsengage.rejected_event WHERE reason LIKE '%expected at most 1000000 events%'"), '{} {} {} {} {} ', 'the rest is kept whole');
limit('ingest of a million empty objects', ingested(q~repeat('{}', 1000000)~), qr/^0 0 1000000 0$/, 120, 100);
my $pieces = q~(SELECT '[' || string_agg(i::text, ',') || ']' FROM generate_series(1, %s) i)~;
limit('a million different numbers', parsed(sprintf $pieces, 1000000), qr/^1000000 0 /, 60, 250);
limit('ingest of a hundred thousand of them', ingested(sprintf $pieces, 100000), qr/^0 0 100000 0$/, 120, 128);
limit('a million empty objects and numbers by turns', parsed(q~repeat('{} 1 ', 500000)~), qr/^1000000 0 /, 60, 250);
my $n = $mb * 9000;
limit("$mb MB of events", parsed("(SELECT string_agg(click(i), '') FROM generate_series(1, $n) i)"), qr/^$n $n/, 120, 64 + 25 * $mb);
$n /= 4;
limit('ingest of a quarter of them', ingested("(SELECT string_agg(click(i), '') FROM generate_series(1, $n) i)"), qr/^$n 0 0 0$/, 240, 128 + 25 * $mb);

limit('a rule of 64 KiB and more than a thousand conditions',
	q~(SELECT string_agg(format('click[link_name = ''l%s''] >= %s in last 90 days', i, i), ' or ') FROM generate_series(1, 1300) i)::smsengage.segment_rule IS NOT NULL~,
	qr/^true$|^54000: /, 5, 64);
limit('a rule of 1,000 conditions, evaluated',
	q~SELECT smsengage.segment_size((SELECT string_agg(format('click >= %s', i), ' or ') FROM generate_series(1, 1000) i)::smsengage.segment_rule)~,
	qr/^\d+$|^54000: /, 60, 256);
limit('a rule of 16 MB', q~repeat('x', 16 * 1024 * 1024)::smsengage.segment_rule~, qr/^54000: /, 10, 500);
limit('a rule 100,000 parentheses deep', q~(repeat('(', 100000) || 'known' || repeat(')', 100000))::smsengage.segment_rule~, qr/^5400[01]: /, 5, 64);
limit('a rule with 50,000 times "not"', q~(repeat('not ', 50000) || 'known')::smsengage.segment_rule~, qr/^5400[01]: /, 5, 64);

limit('a tally of 16 MB of text', q~(repeat('{', 16 * 1024 * 1024))::smsengage.tally~, qr/^22P02: /, 10, 500);
limit('a tally of a million offsets', q~('{' || (SELECT string_agg(i::text, ',') FROM generate_series(0, 1000000) i) || '}')::smsengage.tally~,
	qr/^22003: /, 10, 200);
limit('a tally of 8,192 times the largest count',
	q~SELECT smsengage.total(('{' || (SELECT string_agg(i || ':2147483647', ',') FROM generate_series(0, 8191) i) || '}')::smsengage.tally)~,
	qr/^17592186036224$/, 5, 64);
limit('a sum of tallies beyond the largest count', q~SELECT smsengage.sum(t) FROM (VALUES ('{5:2147483647}'::smsengage.tally), ('{5}')) v(t)~, qr/^22003: /, 5, 64);
limit('a delivery state of 16 MB', q~repeat('SMS sent; ', 1600 * 1024)::smsengage.delivery_state IS NULL~, qr/^false$|^54000|^22P02/, 30, 1500);

is($node->safe_psql('postgres', 'SELECT * FROM smsengage.doctor()'), '', 'doctor() finds nothing');
$node->stop;
done_testing();
