# A call of every function that reads, made from the catalogue, so that a new
# function is called without being named anywhere.
package StoreCalls;

use strict;
use warnings;
use Exporter qw(import);

our @EXPORT = qw(read_calls);

# Arguments by name and type, else by type.
my %named = (
	text => {
		account => "'shop'", recipient => "'+12025550101'", provider => "'native'", zone => "'UTC'", individual_id => "'shop-3'",
		for_recipient => "'+12025550101'", audience => "'SELECT recipient FROM smsengage.contact_point'",
		rule => "'click >= 1'", a => "'click >= 1'", b => "'sent >= 1'", event_class => "'status'", unit => "'hour'", class => "'delivered'", ranking => "'by_class'",
		dimension => "'bulk_message'", breakdown => "'bulk_message'", event_type => "'CLICK'", steps => "'clicked'"
	},
	date => { until => "'2025-07-01'" },
	'timestamp with time zone' => { since => "'2025-02-01'" },
	'smsengage.segment_rule' => { rule => "'click >= 1'", a => "'click >= 1'", b => "'sent >= 1'" },
	'text[]' => { event_types => "'{CLICK,REPLY}'" },
	'integer[]' => { levels => "'{0,1}'" },
	'bytea[]' => {});
my %typed = (
	text => "'x'", bigint => '3', integer => '1', smallint => '1', boolean => 'false', numeric => '1', json => "'{}'", jsonb => "'{}'",
	bytea => "'\\x00'", date => "'2025-02-01'", interval => "'1 day'", uuid => "'00000000-0000-0000-0000-000000000000'", name => "'x'",
	'timestamp with time zone' => "'2025-07-01 00:00:00+00'", 'text[]' => "'{+12025550101}'", 'bigint[]' => "'{1,2,3}'",
	'timestamp with time zone[]' => "'{2025-02-01,2025-03-01,2025-07-01}'", 'smsengage.segment_rule' => "'click >= 1'",
	'smsengage.tally' => "smsengage.tally('{1,2}')",
	'smsengage.delivery_state' => "smsengage_internal.event_state('native', 9::smallint, NULL, NULL, NULL, NULL, '2025-02-01', NULL, NULL)",
	'smsengage.parsed_batch' => "smsengage_internal.batch('native', '{\"event_type\":\"CLICK\"}'::text, NULL, '2025-07-01 00:00:00+00')");

# The calls of a node's STABLE and IMMUTABLE functions and of its aggregates as
# [what, query].  Rows
# are cast to text, so that they are ordered and compared as such.
sub read_calls
{
	my ($node, $database) = @_;
	my $functions = $node->safe_psql($database, <<'END');
SELECT p.pronamespace::regnamespace, p.proname, coalesce(string_agg(coalesce(p.proargnames[a.no], '') || ':' || format_type(a.type, NULL) ||
	CASE WHEN a.no = p.pronargs AND p.provariadic <> 0 THEN ':VARIADIC ' ELSE '' END, ';' ORDER BY a.no), ''), p.prokind = 'a'
FROM pg_proc p
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
LEFT JOIN LATERAL unnest(p.proargtypes::oid[]) WITH ORDINALITY a(type, no) ON true
WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') AND p.prokind IN ('f', 'a') AND p.provolatile IN ('s', 'i')
	AND NOT EXISTS (SELECT FROM pg_type t WHERE t.oid = ANY (p.proargtypes::oid[] || p.prorettype) AND t.typtype = 'p' AND t.typname NOT IN ('void', 'record'))
GROUP BY p.oid
ORDER BY p.proname COLLATE "C", 2
END
	my @calls;

	foreach my $function (split /\n/, $functions)
	{
		my ($schema, $name, $arguments, $is_aggregate) = split /\|/, $function;
		my @values = map {
			my ($argument, $type, $variadic) = split /:/;
			($variadic // '') . ($named{$type}{$argument} || $typed{$type} || 'NULL') . "::$type"
		} split /;/, $arguments;
		my $call = "$schema.$name(" . join(', ', @values) . ')';
		push @calls, [ "$name($arguments)", 'SELECT t::text FROM ' . ($is_aggregate eq 't' ? "(SELECT $call)" : $call) . ' t' ];
	}
	return @calls;
}

1;
