# A reader of one account sees a store as if nobody else used it: every view
# and table, and every function with every argument, gives the same in a store
# of two accounts as in one of this account alone; also with hostile functions
# and operators before pg_catalog in the search path.  What writes is refused.
# Masked views show no phone number and no text.
#
# Views and functions are those of the catalogue: a new one fails here until
# it has its policy, and its arguments a value below.
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

my $node = PostgreSQL::Test::Cluster->new('tenants');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE shop_reader; CREATE ROLE shop_masked; CREATE ROLE all_masked; CREATE ROLE shop_writer');

my $json = JSON::PP->new->canonical;
my $data = TenantStore->new;

sub fill
{
	my ($database, @accounts) = @_;
	$node->safe_psql($database, join "\n", $data->statements($_)) foreach @accounts;
	return;
}

foreach my $database ('one', 'two')
{
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, 'CREATE EXTENSION smsengage; SELECT smsengage.create_store(); UPDATE smsengage.store_limit SET value = 5 WHERE name = \'new_names\'');
	# some names are counted together, in each account; tags of masked views are compared, too
	$node->safe_psql($database, "UPDATE smsengage.store_secret SET secret = 'the same in both'");
	fill($database, 'shop', $database eq 'two' ? 'bank' : ());
	$node->safe_psql($database, <<'SQL');
SELECT smsengage.grant_reader('shop_reader', 'shop'), smsengage.grant_masked_reader('shop_masked', 'shop'), smsengage.grant_masked_reader('all_masked', '*'),
	smsengage.grant_ingest('shop_writer', 'shop');
CREATE SCHEMA hostile;
GRANT USAGE ON SCHEMA hostile TO PUBLIC;
CREATE FUNCTION hostile.now() RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hostile now() used'; END $$;
CREATE FUNCTION hostile.count(anyelement) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hostile count() used'; END $$;
CREATE FUNCTION hostile.lower(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hostile lower() used'; END $$;
CREATE FUNCTION hostile.length(text) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hostile length() used'; END $$;
CREATE FUNCTION hostile.timezone(text, timestamptz) RETURNS timestamp LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hostile timezone() used'; END $$;
DO $do$
DECLARE
	type text;
	operator text;
BEGIN
	FOREACH type IN ARRAY ARRAY['text', 'bigint', 'integer', 'uuid', 'timestamptz', 'date', 'boolean'] LOOP
		EXECUTE format('CREATE FUNCTION hostile.never(%s, %1$s) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION ''hostile operator used''; END $$', type);
		FOREACH operator IN ARRAY ARRAY['=', '<>', '<', '>=', '<=', '>'] LOOP
			EXECUTE format('CREATE OPERATOR hostile.%s (LEFTARG = %s, RIGHTARG = %2$s, FUNCTION = hostile.never)', operator, type);
		END LOOP;
	END LOOP;
END
$do$;
SQL
}

# A result as sorted text, or the error's number
sub result
{
	my ($database, $role, $query, $path) = @_;
	my ($code, $out, $err) = $node->psql($database, "\\set VERBOSITY sqlstate\nSET ROLE $role; SET timezone = 'UTC';"
		. ($path ? " SET search_path = $path;" : '') . " $query");
	return $code == 0 ? join("\n", sort split /\n/, $out) : $err =~ s/^psql:<stdin>:\d+: //r;
}

# Columns of a relation but those that tell of arrival
sub columns
{
	my ($relation) = @_;
	return $node->safe_psql('two', <<"SQL");
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
WHERE attrelid = '$relation'::regclass AND attnum > 0 AND NOT attisdropped
	AND attname NOT IN ('received_at', 'created_time', 'CreatedTime', 'first_seen', 'last_seen', 'salt', 'saved_at', 'remaining_seconds', 'messages_since', 'hours_left', 'load_no', 'inbox_no')
SQL
}

# Tables and views
foreach my $role ('shop_reader', 'shop_masked')
{
	my @relations = split /\n/, $node->safe_psql('two', <<"SQL");
SELECT c.oid::regclass FROM pg_class c
WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND has_table_privilege('$role', c.oid, 'SELECT') ORDER BY c.relname
SQL
	my (@differ, @same, @hostile);
	foreach my $relation (@relations)
	{
		my $query = "SELECT " . columns($relation) . " FROM $relation";
		my ($two, $one) = map { result($_, $role, $query) } 'two', 'one';
		push @{ $two eq $one && $two !~ /^ERROR/ ? \@same : \@differ }, "$relation: " . substr($two, 0, 200);
		push @hostile, $relation if result('two', $role, $query, 'hostile, pg_catalog') ne $one;
	}
	cmp_ok(scalar(@same), '>', $role eq 'shop_reader' ? 60 : 15, "$role: " . scalar(@same) . ' tables and views are as if the store were its own');
	is(join("\n", @differ), '', "$role: no table or view shows another account");
	is(join("\n", @hostile), '', "$role: nor with a hostile search path");
}
is($node->safe_psql('two', "SELECT c.oid::regclass FROM smsengage_internal.store_relations() r JOIN pg_class c ON c.oid = r.relation WHERE r.kind <> 'v' AND NOT c.relrowsecurity"),
	'', 'every table has row-level security');
is($node->safe_psql('two', <<'SQL'), '', 'every view runs with the rights of its reader, or is masked');
SELECT c.oid::regclass FROM pg_class c
WHERE c.relnamespace = 'smsengage'::regnamespace AND c.relkind = 'v' AND NOT coalesce(CASE WHEN c.relname LIKE '%\_masked' THEN 'security_barrier=true' ELSE 'security_invoker=true' END = ANY (c.reloptions), false)
	AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
SQL
is($node->safe_psql('two', <<'SQL'), '', 'no function of the extension runs with other rights; those of the store say why');
SELECT p.oid::regprocedure FROM pg_proc p
WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal') AND p.prosecdef
	AND (EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
		OR NOT coalesce(p.proconfig::text, '') LIKE '%search_path=pg_catalog, pg_temp%' OR obj_description(p.oid, 'pg_proc') IS NULL)
SQL

# Functions: one call each with the arguments' values, for every account
my %value = %TenantStore::value;
my @functions = map { $json->decode($_) } split /\n/, $node->safe_psql('two', <<'SQL');
SELECT json_build_object('name', p.oid::regprocedure::text, 'call', format('smsengage.%I', p.proname), 'kind', p.prokind, 'volatile', p.provolatile = 'v',
	'names', coalesce(to_json(p.proargnames[1:p.pronargs]), '[]'), 'types', (SELECT coalesce(json_agg(t::regtype::text ORDER BY o), '[]') FROM unnest(p.proargtypes) WITH ORDINALITY u(t, o)))
FROM pg_proc p
WHERE p.pronamespace = 'smsengage'::regnamespace AND p.provolatile <> 'i' AND p.prokind IN ('f', 'p') AND obj_description(p.oid, 'pg_proc') !~ 'Used by'
ORDER BY p.oid::regprocedure::text
SQL
my $contents = <<'SQL';
SELECT string_agg(format('%s %s', r.name, (xpath('//n/text()', query_to_xml(format('SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) AS n FROM %s t', r.relation), true, true, '')))[1]), ' ' ORDER BY r.name)
FROM smsengage_internal.store_relations() r WHERE r.kind <> 'v'
SQL
my $before = $node->safe_psql('two', $contents);
my (@without, @leaks, @misled, @wrote);
my $compared = 0;
foreach my $function (@functions)
{
	my %type;
	@type{ @{ $function->{names} } } = @{ $function->{types} };
	my @unknown = grep { $_ ne 'account' && !exists $value{$_} && $type{$_} ne 'bigint' } @{ $function->{names} };
	push @without, "$function->{name}: $_" foreach @unknown;
	next if @unknown;
	my %accounts = exists $type{account} ? map { $_ => 1 } ('NULL', "'shop'", "'bank'") : ('' => 1);
	foreach my $account (sort keys %accounts)
	{
		my $call = "$function->{call}(" . join(', ', map { my $v = $_ eq 'account' ? $account : $value{$_} // '1'; "\"$_\" => $v" . ($v eq 'NULL' ? '' : "::$type{$_}") } @{ $function->{names} }) . ')';
		if ($function->{volatile})
		{
			my $result = result('two', 'shop_reader', ($function->{kind} eq 'p' ? 'CALL ' : 'SELECT * FROM ') . $call);
			push @wrote, "$call: $result" if $result !~ /^ERROR:/;
			next;
		}
		# of blocks that hold for every account the gate tells: below
		next if $call =~ /^smsengage\.(?:is_blocked|can_send|can_send_all)\(/;
		$call = "SELECT * FROM $call AS t";
		my ($two, $one) = map { result($_, 'shop_reader', $call) } 'two', 'one';
		$compared++;
		push @leaks, "$call: $two" if $two ne $one;
		my $hostile = result('two', 'shop_reader', $call, 'hostile, pg_catalog');
		push @misled, "$call: $hostile" if $hostile ne $one;
	}
}
is(join("\n", @without), '', 'there is a value for every argument of every function');
cmp_ok($compared, '>', 100, "$compared calls of functions that read");
is(join("\n", @leaks), '', 'no function tells of another account');
is(join("\n", @misled), '', 'nor with a hostile search path');
is(join("\n", grep { !/^smsengage\.unblock\(.*: 0$/ } @wrote), '', 'what writes is refused, or finds nothing to do');
is($node->safe_psql('two', $contents), $before, 'nothing has changed');

# The gate is asked of a number, and says whether a block holds for every account,
# whoever caused it; all else is as if the store were the reader's own, and another
# account is not to be asked for.
my (@gate, $blocked, $asked);
foreach my $number ('+12025550101', '+12025550102', '+12025550103', '+12025550188')
{
	foreach my $account ('shop', 'bank', '')
	{
		my $of = "('$number', account => '$account', at => '2025-07-01 00:00Z')";
		my $globally = $node->safe_psql('two', "SELECT EXISTS (SELECT FROM smsengage_internal.global_block_ends(ARRAY['$number'], '2025-07-01 00:00Z'))");
		my $all = $of =~ s/\('(.*?)'/(ARRAY['$1']/r;
		my ($is_two, $is_one) = map { result($_, 'shop_reader', "SELECT smsengage.is_blocked$of") } 'two', 'one';
		if ($account eq 'bank')
		{
			push @gate, map { "$_ of another account: no error" } grep { result('two', 'shop_reader', "SELECT * FROM smsengage.$_") !~ /^ERROR:  42501/ }
				"is_blocked$of", "can_send$of", "can_send_all$all", "subscription_state$of", "consent_proof$of";
			next;
		}
		$asked++;
		$blocked++ if $globally eq 't' && $is_one eq 'f';
		push @gate, "is_blocked$of: $is_two" if $is_two ne ($globally eq 't' ? 't' : $is_one);
		foreach my $call ("can_send$of", "can_send_all$all")
		{
			my ($two, $one) = map { result($_, 'shop_reader', "SELECT array_remove(reasons, 'global_block'), 'global_block' = ANY (reasons) FROM smsengage.$call") } 'two', 'one';
			push @gate, "$call: $two" if $two ne ($globally eq 't' ? $one =~ s/f$/t/r : $one);
		}
	}
}
is(join("\n", @gate), '', 'the gate knows blocks that hold for every account, and no more of another');
cmp_ok($blocked, '>', 0, "$blocked of $asked questions met such a block");

# Unique keys have the account in them: what another one stored is neither a
# duplicate nor an error
is($node->safe_psql('two', "SELECT count(DISTINCT account) FROM smsengage.rejected_event WHERE reason LIKE '%event_type%'"), 2, 'the same garbage is rejected for each account');
my $event = quoted('{"event_type":"CLICK","event_id":"same","event_time":"2025-03-01T00:00:00Z","recipient":"+12025550101","message_id":"m-same"}');
is($node->safe_psql('two', "SELECT accepted, duplicate FROM smsengage.ingest('native', $event, 'bank')"), '1|0', 'an event of one account');
is($node->safe_psql('two', "SET ROLE shop_writer; SELECT accepted, duplicate FROM smsengage.submit('native', $event, 'shop')"), '1|0', 'is new to the other');
is($node->safe_psql('two', "SET ROLE shop_writer; SELECT accepted, duplicate FROM smsengage.submit('native', $event, 'shop')"), '0|1', 'and known when it comes again');

# Masked views, over data of every provider
$node->safe_psql('postgres', 'CREATE DATABASE masked');
$node->safe_psql('masked', 'CREATE EXTENSION smsengage; SELECT smsengage.create_store()');
fill('masked', 'shop');
foreach my $file (sort(glob('contrib/samples/*/*.json')))
{
	my ($provider) = $file =~ m{samples/([^/]+)/};
	$node->safe_psql('masked', "SELECT smsengage.ingest('$provider', " . quoted(slurp_file($file)) . ')');
}
# a click in another channel, what is of no known type, an opt-out of today
$node->safe_psql('masked', q(SELECT smsengage.ingest('native', '{"event_type":"CLICK","event_id":"v","event_time":"2025-03-01T00:00:00Z","recipient":"+447700900999","channel":"VIBER"}')));
$node->safe_psql('masked', q(SELECT smsengage.ingest('native', '{"event_type":"UNHEARD","recipient":"+447700900999"}')));
$node->safe_psql('masked', "SELECT smsengage.record_consent('+447700900999', false, 'shop', '55501', now() - interval '1 hour', 'today')");
my $secrets = <<'SQL';
-- what must not be seen: numbers, and texts long enough to be told from codes
CREATE TABLE secret AS
SELECT DISTINCT ltrim(replace(w, 'tel:', ''), '+') AS word
FROM smsengage.event e
CROSS JOIN LATERAL (VALUES (e.recipient), (CASE WHEN smsengage.calling_code(e.individual_id) IS NOT NULL THEN e.individual_id END)) v(w)
-- not our own, which samples also send to
WHERE length(w) > 7 AND NOT EXISTS (SELECT FROM smsengage.event o WHERE ltrim(o.sender_id, '+') = ltrim(w, '+'))
UNION
SELECT DISTINCT w FROM smsengage.event e
CROSS JOIN LATERAL (VALUES (e.message_text), (e.callback_data), (e.unsubscribe_reason), (e.resolved_url), (e.error_text)) v(w)
WHERE length(w) > 7 AND w IS DISTINCT FROM e.link_url
UNION SELECT unnest(ARRAY['told shop on the phone', 'asked shop', '447700900999']);
GRANT SELECT ON secret TO PUBLIC;
SQL
$node->safe_psql('masked', $secrets);
cmp_ok($node->safe_psql('masked', 'SELECT count(*) FROM secret'), '>', 50, 'there is something to hide');
$node->safe_psql('masked', "SELECT smsengage.grant_masked_reader('all_masked', '*')");
my @shows = split /\n/, $node->safe_psql('masked', <<'SQL');
DO $$
DECLARE
	r record;
	n bigint;
BEGIN
	CREATE TABLE shows (name text, shown bigint, rows bigint);
	FOR r IN SELECT s.name FROM smsengage_internal.store_relations() s WHERE s.kind = 'v' AND s.name NOT LIKE '%\_masked' LOOP
		EXECUTE format('INSERT INTO shows SELECT %L, count(*) FILTER (WHERE EXISTS (SELECT FROM secret x WHERE position(x.word IN t::text) > 0)), count(*) FROM smsengage.%I t', r.name, r.name);
	END LOOP;
END $$;
SELECT name || '|' || shown || '|' || rows FROM shows ORDER BY 1
SQL
my @masked = split /\n/, $node->safe_psql('masked', "SELECT name FROM smsengage_internal.store_relations() WHERE name LIKE '%\\_masked' ORDER BY 1");
my %has_twin = map { $_ => 1 } @masked;
my (@unmasked, @seen, @fewer, @empty);
foreach my $line (@shows)
{
	my ($name, $shown, $rows) = split /\|/, $line;
	push @unmasked, $name if $shown > 0 && !$has_twin{ $name . '_masked' };
	next unless $has_twin{ $name . '_masked' };
	push @empty, $name if $shown == 0;
	my $count = result('masked', 'all_masked', "SELECT count(*) FROM smsengage.\"${name}_masked\"");
	push @fewer, "$name: $count of $rows" if $count ne $rows;
}
foreach my $name (@masked)
{
	my $found = result('masked', 'all_masked', "SELECT x.word, t FROM smsengage.\"$name\" t JOIN public.secret x ON position(x.word IN t::text) > 0 LIMIT 1");
	push @seen, "$name: $found" if $found ne '';
}
is(join(', ', @unmasked), '', 'every view with numbers or texts has a masked one');
cmp_ok(scalar(@masked), '>', 20, scalar(@masked) . ' masked views');
is(join("\n", @seen), '', 'none of them shows a number or a text');
is(join("\n", @fewer), '', 'and all have the rows of what they mask');
is(join(', ', @empty), '', 'each of which did show some');

StoreTest::all_sound($node);
$node->stop;
done_testing();
