# What tests of several servers ask a store for.
package StoreTest;

use strict;
use warnings;
use Exporter qw(import);
use Test::More;

our @EXPORT = qw(fill views rows_of members quoted);

# doctor() finds nothing in any store of a server; every test that fills one
# ends with this (checks.sh).
sub all_sound
{
	my ($node) = @_;
	foreach my $database (split /\n/, $node->safe_psql('postgres', 'SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1'))
	{
		next if $node->safe_psql($database, "SELECT to_regclass('smsengage.event') IS NOT NULL AND to_regproc('smsengage.doctor') IS NOT NULL") ne 't';
		is($node->safe_psql($database, 'SELECT * FROM smsengage.doctor()'), '', $node->name . " $database: doctor() finds nothing");
	}
	return;
}

sub quoted
{
	my ($text) = @_;
	$text =~ s/'/''/g;
	return "'$text'";
}

# Has a node ingest payloads; returns how many events were new.
sub fill
{
	my ($node, $database, @payloads) = @_;
	my $accepted = 0;

	foreach my $payload (@payloads)
	{
		$accepted += $node->safe_psql($database,
			"SELECT accepted FROM smsengage.ingest('native', " . quoted($payload) . ')');
	}
	return $accepted;
}

sub views
{
	my ($node, $database) = @_;
	return split /\n/, $node->safe_psql($database,
		"SELECT format('smsengage.%I', viewname) FROM pg_views WHERE schemaname = 'smsengage' ORDER BY viewname COLLATE \"C\"");
}

# The rows of a table or view as sorted text, without what differs by arrival;
# a query that fails gives its message.
sub rows_of
{
	my ($node, $database, $relation) = @_;
	my $columns = $node->safe_psql($database, <<"END");
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum)
FROM pg_attribute
WHERE attrelid = '$relation'::regclass AND attnum > 0 AND NOT attisdropped
	AND attname NOT IN ('received_at', 'created_time', 'CreatedTime', 'first_seen', 'last_seen', 'salt', 'saved_at', 'series_no')
END
	my ($result, $out, $err) = $node->psql($database, "SELECT $columns FROM $relation");

	return "error: $err" if $result != 0;
	return join "\n", sort split /\n/, $out;
}

# Who is in the segment of each rule, as a list of texts.
sub members
{
	my ($node, $database, $at, @rules) = @_;
	my $out = $node->safe_psql($database, join "\n", map {
		'SELECT individual_no, individual_id FROM smsengage.segment(' . quoted($_) . ", '$at') ORDER BY 1; SELECT '--';"
	} @rules);

	return split /^--$/m, $out;
}

1;
