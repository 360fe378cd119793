# Deliveries into a store, in the ways there are: by each form of ingest(),
# through the inbox, as a role that may only write, from a table, in
# transactions of every level, in two sessions at once, and again.
package HammerIngest;

use strict;
use warnings;
use Exporter qw(import);
use HammerFeed qw(feed payload valid_payload);
use HammerValues qw(chance quoted bytes_of);
use Mutation qw(pick);

our @EXPORT_OK = qw(store_statements delivery);

# What came before, to come again
my @before;

sub store_statements
{
	return ('CREATE EXTENSION smsengage', 'SELECT smsengage.create_store()', "SELECT smsengage.add_tally_dimension('link_name')",
		"SELECT smsengage.grant_ingest('hammer_feed', '*')",
		'CREATE TABLE public.source (no serial, payload text, raw bytea)');
}

# The next payload: new, known, or both at once
sub next_payload
{
	my @payload = chance(0.12) ? payload() : feed();

	if (@before && chance(0.25))
	{
		my $old = pick(@before);
		return @$old if chance(0.5);
		@payload = ($old->[0], $old->[1] . "\n" . (feed($old->[0]))[1]);
	}
	push @before, [@payload];
	splice @before, int rand @before, 1 if @before > 60;
	return @payload;
}

sub account { return pick('NULL', 'NULL', "''", "'A'", "'B'") }

sub call_of_ingest
{
	my ($function, $provider, $text) = @_;

	$provider = 'auto' if chance(0.1);
	return "SELECT accepted, duplicate, rejected, ignored FROM smsengage.$function(" . join(', ', quoted($provider),
		chance(0.5) ? bytes_of($text) : quoted($text), $function eq 'submit' ? pick("'A'", "'B'", "''") : account()) . ')';
}

sub one { return call_of_ingest('ingest', next_payload()) }

# Statements by the role that owns the store; errors that are none of the payload
my @ways = (
	[ 8, sub { [ owner => one() ] } ],
	[ 1, sub { my ($provider) = feed(); [ owner => 'SELECT accepted FROM smsengage.ingest(' . quoted($provider) . ', ' . quoted(valid_payload()) . '::' . pick('json', 'jsonb') . ')' ] } ],
	[ 3, sub { [ feed => call_of_ingest('submit', next_payload()) ] } ],
	[ 3, sub { map({ my ($provider, $text) = next_payload(); [ owner => 'SELECT smsengage.inbox(' . quoted($provider) . ', ' . bytes_of($text) . ', ' . account() . ')' ] } 1 .. pick(1, 3)),
				chance(0.5) ? [ owner => 'CALL smsengage.drain_inbox()' ] : () } ],
	[ 3, sub { [ owner => 'BEGIN ISOLATION LEVEL ' . pick('REPEATABLE READ', 'SERIALIZABLE', 'READ COMMITTED') ], map({ [ owner => one() ] } 1 .. pick(1, 2, 4)), [ owner => pick('COMMIT', 'COMMIT', 'ROLLBACK') ] } ],
	[ 2, sub { [ owner => 'BEGIN' ], [ owner => one() ], [ owner => 'SAVEPOINT s' ], [ owner => one() ], [ owner => pick('ROLLBACK TO s', 'RELEASE s') ], [ owner => one() ], [ owner => 'COMMIT' ] } ],
	# the first writes, the second comes to the same rows and may wait in vain
	[ 2, sub { my @same = next_payload();
				[ owner => 'BEGIN' ], [ owner => call_of_ingest('ingest', @same) ], [ second => call_of_ingest('ingest', @same) ], [ second => one() ], [ owner => pick('COMMIT', 'ROLLBACK') ],
				[ second => call_of_ingest('ingest', @same) ] } ],
	[ 2, sub { my ($provider) = feed(); my $column = pick('payload', 'raw');
				[ owner => 'TRUNCATE public.source' ],
				[ owner => 'INSERT INTO public.source (payload, raw) VALUES ' . join ', ', map { my (undef, $text) = feed($provider); '(' . quoted($text) . ', ' . bytes_of($text) . ')' } 1 .. pick(1, 4, 9) ],
				[ owner => 'CALL smsengage.ingest_from(' . quoted($provider) . ", 'public.source', '$column', batch_rows => " . pick(1, 3, 1000) . ', batch_bytes => ' . pick(1, 5000, 8_388_608) . ')' ] } ],
	[ 2, sub { my ($provider) = feed(); my @texts = map { (feed($provider))[1] } 1 .. pick(1, 2, 5);
				[ owner => 'SELECT accepted FROM smsengage_internal.ingest_payloads(' . quoted($provider) . ', ARRAY[' . join(', ', map { bytes_of($_) } @texts) . '], ' . account() .
					', ARRAY[' . join(', ', map { "'2025-06-0" . pick(1 .. 9) . " 00:00:00+00'::timestamptz" } @texts) . '])' ] } ],
	[ 1, sub { [ owner => pick(
				'CALL smsengage.fold()', 'CALL smsengage.maintain()', 'SELECT smsengage.retry_rejected()', 'CALL smsengage.drain_inbox()', "CALL smsengage.rebuild('message')", "CALL smsengage.rebuild('engagement_tally')",
				"CALL smsengage.rebuild('individual')", "CALL smsengage.rebuild('outcome_tally')", 'CALL smsengage.rebuild()',
				"SELECT smsengage.forget('+12025550105')", "SELECT smsengage.forget(individual_id => 'P3', keep_sums => true)", "SELECT smsengage.forget('+447700900101', force => true)",
				"SELECT smsengage.link_individuals('p1', 'p3', '2025-05-01Z')", "SELECT smsengage.record_consent('+12025550101', true)", "SELECT smsengage.unblock('+12025550104')",
				"SELECT smsengage.add_block('+12025550103', 510)"),
				# an id that several people have; a block of another account
				'42P08 42501' ] } ],
);
my $weight = 0;
$weight += $_->[0] foreach @ways;

# The statements of the next delivery: [session, SQL], and codes of errors that
# it may be refused with
sub delivery
{
	my $left = rand($weight);

	foreach my $way (@ways)
	{
		$left -= $way->[0];
		return $way->[1]->() if $left < 0;
	}
	return $ways[0][1]->();
}

1;
