# Roles of one account in a store where the other one came first and between:
# every table, view and function that the role may use gives what it gives in a
# store of this account alone, to readers, masked readers and who may only
# ingest.  An admin gets what the owner gets, and of one account what a store of
# it alone would give.  Where PostgreSQL itself runs a role's code, as in
# autovacuum, it gets no more than by itself.  EXPLAIN says nothing of who is
# known to others.
#
# Here numbers of people are others than in a store of one account; they and
# what is reckoned of them are left out.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../perl";
use JSON::PP ();
use TenantStore qw(quoted);

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest ();
use Test::More;

my $seed = $ENV{SMS_SEED} // time % 1_000_000;
diag("seed $seed");
srand($seed);

my $node = PostgreSQL::Test::Cluster->new('roles');
$node->init;
$node->append_conf('postgresql.conf', "autovacuum = off\nautovacuum_naptime = 1s\nautovacuum_vacuum_cost_delay = 0");
$node->start;
my @roles = ('shop_reader', 'shop_masked', 'shop_writer', 'boss');
$node->safe_psql('postgres', "CREATE ROLE $_") foreach @roles;
my $json = JSON::PP->new->canonical->allow_nonref;
my $data = TenantStore->new;

# by turns, the first account first
sub by_turns
{
	my ($first, $second) = @_;
	my @statements;
	while (@$first || @$second)
	{
		push @statements, shift @$first if @$first;
		push @statements, shift @$second if @$second && @$first <= @$second;
	}
	return @statements;
}
my %statements = (alone => [ $data->statements('shop') ], shared => [ by_turns([ $data->statements('bank') ], [ $data->statements('shop') ]) ]);
foreach my $database ('alone', 'shared')
{
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, "CREATE EXTENSION smsengage; SELECT smsengage.create_store(); UPDATE smsengage.store_secret SET secret = 'the same in both'");
	$node->safe_psql($database, join "\n", @{ $statements{$database} });
	$node->safe_psql($database, <<'SQL');
SELECT smsengage.grant_reader('shop_reader', 'shop'), smsengage.grant_masked_reader('shop_masked', 'shop'), smsengage.grant_ingest('shop_writer', 'shop'), smsengage.grant_admin('boss');
-- what a query answers, or the number of its error
CREATE FUNCTION public.answer(query text) RETURNS text LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('SELECT string_agg(q.a, chr(10) ORDER BY q.a COLLATE "C") FROM (%s) q(a)', query) INTO result;
	RETURN coalesce(result, '');
EXCEPTION WHEN OTHERS THEN
	RETURN 'error ' || SQLSTATE;
END $$;
ANALYZE;
SQL
}
isnt($node->safe_psql('shared', "SELECT individual_no FROM smsengage.individual WHERE individual_id = 'shop-1'"),
	$node->safe_psql('alone', "SELECT individual_no FROM smsengage.individual WHERE individual_id = 'shop-1'"), 'people have other numbers here');

# What differs by the numbers of people, by arrival and by chance
my $left_out = "ARRAY['" . join("','", qw(individual_no other_no series_no chunk tally quarters received_at created_time CreatedTime first_seen last_seen salt saved_at
	remaining_seconds messages_since hours_left load_no inbox_no)) . "']";
# what the store says of itself and of roles
my $aside = "'store_relation', 'account_role'";

# The answers of queries to a role, or to the owner
sub answers
{
	my ($database, $role, @queries) = @_;
	return () unless @queries;
	my $script = ($role eq 'owner' ? '' : "SET ROLE $role;\n") . join("\n", map { 'SELECT to_json(public.answer(' . quoted($_) . '));' } @queries);
	my @lines = map { $json->decode($_) } split /\n/, $node->safe_psql($database, $script);
	die "@{[ scalar @lines ]} answers to @{[ scalar @queries ]} queries" if @lines != @queries;
	return @lines;
}

sub relations
{
	my ($role) = @_;
	return split /\n/, $node->safe_psql('shared', <<"SQL");
SELECT c.oid::regclass FROM pg_class c
WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND c.relname NOT IN ($aside)
	AND has_table_privilege('$role', c.oid, 'SELECT') ORDER BY c.relname
SQL
}

sub rows_of { return map { "SELECT (to_jsonb(t) - $left_out)::text FROM $_ t" } @_; }

# Calls, [name, account, query], of every function that a role may execute and
# that only reads; those with an account once for each.
sub calls
{
	my ($role, $database) = @_;
	my $person = $node->safe_psql($database, "SELECT individual_no FROM smsengage.individual WHERE scope = 'native/shop' AND individual_id = 'shop-1'");
	my %value = (%TenantStore::value, individual_no => $person, individual_id => "'shop-1'");
	my %typed = (boolean => 'true', date => "'2025-06-01'", interval => "'1 hour'", bytea => "'\\x'", 'bigint[]' => "ARRAY[$person]", 'uuid[]' => "'{}'",
		'integer[]' => "'{500,520,1,2}'", 'text[]' => "'{CLICK,SENT}'", 'timestamp with time zone[]' => "'{2025-06-21 10:00Z}'", bigint => '1', integer => '1');
	my (@calls, @without);
	foreach my $line (split /\n/, $node->safe_psql('shared', <<"SQL"))
SELECT json_build_object('name', p.oid::regprocedure::text, 'call', format('smsengage.%I', p.proname),
	'names', coalesce(to_json(p.proargnames[1:p.pronargs]), '[]'), 'types', (SELECT coalesce(json_agg(t::regtype::text ORDER BY o), '[]') FROM unnest(p.proargtypes) WITH ORDINALITY u(t, o)))
FROM pg_proc p
WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') AND p.provolatile = 's' AND p.prokind = 'f' AND p.provariadic = 0 AND has_function_privilege('$role', p.oid, 'EXECUTE')
	-- a number of a person; what is said of blocks of all accounts (085); what depends on roles; parsing
	AND p.proname NOT IN ('individual_number', 'is_blocked', 'can_send', 'can_send_all', 'global_blocks', 'blocks_for', 'acts_for', 'accounts_for', 'visible_accounts', 'check_store_place',
		'batch', 'batch_all', 'batch_from')
ORDER BY p.oid::regprocedure::text
SQL
	{
		my $function = $json->decode($line);
		my @names = @{ $function->{names} };
		my %type;
		@type{@names} = @{ $function->{types} };
		my %use = map { my $name = $_; $name => (grep { ($TenantStore::value{$name} // '') eq '' || $type{$name} =~ /\[\]$/ && $name ne 'recipients' && $name ne 'bounds' && $name ne 'reasons' && $name ne 'numbers' } 1) ? $typed{ $type{$name} } // $value{$name} : $value{$name} } @names;
		push @without, map { "$function->{name}: $_" } grep { $_ ne 'account' && !defined $use{$_} } @names;
		foreach my $account (exists $type{account} ? ('NULL', "'shop'", "'bank'") : '')
		{
			my $call = "$function->{call}(" . join(', ', map { my $v = $_ eq 'account' ? $account : $use{$_} // 'NULL'; "\"$_\" => " . ($v eq 'NULL' ? $v : "CAST($v AS $type{$_})") } @names) . ')';
			push @calls, [ $call =~ s/\b$person\b/.../gr, $account, "SELECT (CASE jsonb_typeof(j) WHEN 'object' THEN j - $left_out ELSE j END)::text FROM (SELECT to_jsonb(t) AS j FROM $call AS t) x" ];
		}
	}
	return (\@calls, \@without);
}

# What of a list is answered in two ways
sub differences
{
	my ($names, $first, $second) = @_;
	return join "\n", map { "$names->[$_]:\n" . substr($first->[$_], 0, 500) . "\n--\n" . substr($second->[$_], 0, 500) } grep { $first->[$_] ne $second->[$_] } 0 .. $#$names;
}

sub first { return join "\n", map { substr $_, 0, 200 } grep { defined } (split /\n/, $_[0])[0 .. 4] }

# Readers of one account
my %asked;
foreach my $role ('shop_reader', 'shop_masked', 'shop_writer')
{
	my @relations = relations($role);
	my @shared = answers('shared', $role, rows_of(@relations));
	is(differences(\@relations, \@shared, [ answers('alone', $role, rows_of(@relations)) ]), '', "$role: " . @relations . ' tables and views show a store of its own');
	is(join(' ', grep { $shared[$_] =~ /^error/ } 0 .. $#shared), '', "$role: and each can be read");
	cmp_ok(scalar(grep { $_ ne '' } @shared), '>', $role eq 'shop_reader' ? 50 : 12, "$role: most of them show something") if $role ne 'shop_writer';

	my ($calls, $without) = calls($role, 'shared');
	my ($others) = calls($role, 'alone');
	my @queries = map { $_->[2] } @$calls;
	is(join("\n", @$without), '', "$role: there is a value for every argument");
	is(differences([ map { $_->[0] } @$calls ], [ answers('shared', $role, @queries) ], [ answers('alone', $role, map { $_->[2] } @$others) ]), '',
		"$role: " . @$calls . ' calls of functions tell of its own store');
	$asked{$role} = [ rows_of(@relations), @queries ];
}

# An admin: as the owner; asked for one account, as a store of it alone
{
	my @relations = relations('boss');
	is(differences(\@relations, [ answers('shared', 'boss', rows_of(@relations)) ], [ answers('shared', 'owner', rows_of(@relations)) ]), '', 'boss: tables and views are as the owner has them');
	my ($calls) = calls('boss', 'shared');
	my ($others) = calls('boss', 'alone');
	my @names = map { $_->[0] } @$calls;
	my @boss = answers('shared', 'boss', map { $_->[2] } @$calls);
	is(differences(\@names, \@boss, [ answers('shared', 'owner', map { $_->[2] } @$calls) ]), '', 'boss: ' . @$calls . ' calls of functions tell what they tell the owner');
	my @alone = answers('alone', 'boss', map { $_->[2] } @$others);
	# who sees blocks of other accounts that hold for all knows more of what was forbidden
	my @one = grep { $calls->[$_][1] eq "'shop'" && $names[$_] !~ /^smsengage\.forbidden_sends/ } 0 .. $#names;
	is(differences([ @names[@one] ], [ @boss[@one] ], [ @alone[@one] ]), '', 'boss: of one account, ' . @one . ' tell what a store of it alone would');
	$asked{boss} = [ rows_of(@relations), map { $_->[2] } @$calls ];
}

# EXPLAIN: a number that only the other account knows is as one that nobody does
$node->safe_psql('shared', <<'SQL');
SELECT smsengage.ingest('native', '[
	{"account":"bank","event_type":"SENT","event_id":"x1","event_time":"2025-06-01T00:00:00Z","individual_id":"only","recipient":"+12025550195","message_id":"x1"},
	{"account":"bank","event_type":"UNDELIVERED","event_id":"x2","event_time":"2025-06-01T00:01:00Z","individual_id":"only","recipient":"+12025550195","message_id":"x1","error_code":"520"},
	{"account":"bank","event_type":"UNBLOCK","event_id":"x3","event_time":"2025-06-01T00:02:00Z","recipient":"+12025550195"},
	{"account":"bank","event_type":"UNSUBSCRIBE","event_id":"x4","event_time":"2025-06-01T00:03:00Z","recipient":"+12025550195","sender_id":"1"}]');
ANALYZE;
SQL
my %known = map { my ($table, $n) = split /\|/; $table => $n } split /\n/, $node->safe_psql('shared', join ' UNION ALL ', map { "SELECT '$_', count(*) FROM smsengage.$_ WHERE recipient = '+12025550195'" } qw(subscription consent_entry block unblock contact_point message));
is(join(' ', grep { $known{$_} != 1 } sort keys %known), '', 'the other account knows the number in each of ' . keys %known);
my @told;
my $explained = 0;
foreach my $table (sort keys %known)
{
	my @columns = split /\n/, $node->safe_psql('shared', "SELECT DISTINCT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey) WHERE indrelid = 'smsengage.$table'::regclass");
	foreach my $off ('', 'enable_seqscan', 'enable_seqscan enable_bitmapscan', 'enable_seqscan enable_indexscan', 'enable_seqscan enable_sort', 'enable_seqscan enable_bitmapscan enable_sort')
	{
		foreach my $order ('', map { "ORDER BY $_" } @columns)
		{
			my @plans = map { join("\n", split /\n/, $node->safe_psql('shared', join(' ', 'SET ROLE shop_reader;', (map { "SET $_ = off;" } split / /, $off),
				"EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, COSTS OFF) SELECT FROM smsengage.$table WHERE recipient = '$_' $order"))) =~ s/\Q$_\E/NUMBER/gr } '+12025550195', '+12025550196';
			$explained++;
			push @told, "$table, without $off, $order:\n$plans[0]\n--\n$plans[1]" if $plans[0] ne $plans[1];
		}
	}
}
is(join("\n", @told), '', "$explained plans do not tell whom another account knows");

# What a role may see is decided when a query is planned: again, when that has changed
is($node->safe_psql('shared', <<'SQL'), "2\n1\n2\n1\n2\n1", 'a prepared query shows no more than is granted');
CREATE ROLE both_reader;
SELECT FROM smsengage.grant_reader('both_reader', '*') a, smsengage.grant_reader('both_reader', 'shop') b;
SET ROLE both_reader;
PREPARE seen AS SELECT count(DISTINCT account) FROM smsengage.event WHERE account <> '';
EXECUTE seen;
RESET ROLE;
SELECT FROM smsengage.revoke_access('both_reader', '*');
SET ROLE both_reader;
EXECUTE seen;
RESET ROLE;
SELECT FROM smsengage.grant_reader('both_reader', 'bank');
SET ROLE both_reader;
EXECUTE seen;
RESET ROLE;
SELECT FROM smsengage.revoke_access('both_reader', 'bank');
SET ROLE both_reader;
EXECUTE seen;
RESET ROLE;
CREATE ROLE bank_reader;
SELECT FROM smsengage.grant_reader('bank_reader', 'bank');
GRANT bank_reader TO both_reader;
SET ROLE both_reader;
EXECUTE seen;
RESET ROLE;
REVOKE bank_reader FROM both_reader;
SET ROLE both_reader;
EXECUTE seen;
SQL

# Where PostgreSQL runs a role's code for others: an index asks all of the
# above, and what may be written, for the role itself and then in autovacuum.
my %number = (shop_writer => '+12025550191', shop_reader => '+12025550192', shop_masked => '+12025550193', boss => '+12025550194');
foreach my $role (@roles)
{
	my $event = qq({"event_type":"UNSUBSCRIBE","event_id":"$role","event_time":"2025-06-30T00:00:00Z","recipient":"$number{$role}"});
	my @queries = ((map { "SELECT s::text FROM smsengage.submit('native', " . quoted($event) . ", '$_') s" } 'shop', 'bank'), @{ $asked{$role} });
	push @queries, "SELECT g::text FROM smsengage_internal.global_blocks(ARRAY['+12025550102'], '2025-07-01') g", "SELECT smsengage.is_blocked('+12025550102', 'shop', '2025-07-01')::text";
	my $s = "own_$role";
	$node->safe_psql('shared', join "\n", "CREATE SCHEMA $s AUTHORIZATION $role; SET ROLE $role; CREATE TABLE $s.todo (no int PRIMARY KEY, query text); CREATE TABLE $s.said (no int, who name, answer text);",
		(map { "INSERT INTO $s.todo SELECT count(*), " . quoted($_) . " FROM $s.todo;" } @queries), <<"SQL");
CREATE FUNCTION $s.ask(i int) RETURNS void LANGUAGE plpgsql AS \$\$ BEGIN
	INSERT INTO $s.said SELECT i, session_user, public.answer(query) FROM $s.todo WHERE no = i; END \$\$;
CREATE FUNCTION $s.pure(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS \$\$ BEGIN PERFORM $s.ask(i); RETURN i; END \$\$;
CREATE TABLE $s.bait (i int) WITH (autovacuum_analyze_threshold = 1, autovacuum_analyze_scale_factor = 0);
CREATE INDEX bait_idx ON $s.bait ($s.pure(i));
SQL
	$node->safe_psql('shared', "ALTER ROLE $role LOGIN");
}
# by itself, as the user of the connection: first all write, then all read
foreach my $what ('< 2', '>= 2')
{
	$node->safe_psql('shared', "INSERT INTO own_$_.bait SELECT no FROM own_$_.todo WHERE no $what", extra_params => [ '-U', $_ ]) foreach @roles;
}
$node->append_conf('postgresql.conf', 'autovacuum = on');
$node->restart;
foreach my $role (@roles)
{
	my $s = "own_$role";
	my $n = $node->safe_psql('shared', "SELECT count(*) FROM $s.todo");
	ok($node->poll_query_until('shared', "SELECT count(DISTINCT no) = $n FROM $s.said WHERE who <> '$role'"), "$role: autovacuum has asked all $n");
	my $more = "SELECT s.no, s.answer, o.answer, t.query FROM $s.said s JOIN $s.todo t ON t.no = s.no LEFT JOIN $s.said o ON o.no = s.no AND o.who = '$role'"
		. " WHERE s.who <> '$role' AND s.answer NOT LIKE 'error %' AND s.answer IS DISTINCT FROM o.answer";
	is(first($node->safe_psql('shared', $more)), '', "$role: and was told no more than the role");
	is($node->safe_psql('shared', "SELECT DISTINCT s.answer FROM $s.said s JOIN $s.todo t ON t.no = s.no WHERE s.who <> '$role' AND t.query LIKE '%.submit(%'"), 'error 42501', "$role: nor could it write");
	# what a superuser does with the role's tables
	$node->safe_psql('shared', "DELETE FROM $s.said WHERE who <> '$role'; ALTER TABLE $s.bait SET (autovacuum_enabled = false);");
	foreach my $work ("ANALYZE $s.bait", "REINDEX TABLE $s.bait", "CREATE INDEX ON $s.bait (($s.pure(i) + 1))", "SET ROLE $role; CREATE MATERIALIZED VIEW $s.copy AS SELECT $s.pure(i) FROM $s.bait WITH NO DATA; RESET ROLE; REFRESH MATERIALIZED VIEW $s.copy")
	{
		$node->safe_psql('shared', "DELETE FROM $s.said WHERE who <> '$role'");
		$node->safe_psql('shared', $work);
		is($node->safe_psql('shared', "SELECT count(DISTINCT no) FROM $s.said WHERE who <> '$role'"), $n, "$role: asked by " . $work =~ s/ .*//r);
		is(first($node->safe_psql('shared', $more)), '', "$role: and told no more");
	}
}
is($node->safe_psql('shared', "SELECT recipient, account FROM smsengage.subscription WHERE recipient = ANY ('{" . join(',', values %number) . "}') ORDER BY 1, 2"),
	"$number{shop_writer}|shop\n$number{boss}|bank\n$number{boss}|shop", 'who may write wrote by itself, and for no other account');

StoreTest::all_sound($node);
$node->stop;
done_testing();
