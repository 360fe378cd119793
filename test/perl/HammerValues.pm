# Arguments for a function of any type of the catalogue, as SQL expressions:
# NULL, empty, huge, negative, infinite, truncated, bit-flipped, of other
# bounds; and ordinary ones, so that calls come past the first check.
#
# What is random comes from rand() alone, so that a seed repeats a run.
package HammerValues;

use strict;
use warnings;
use Encode qw(decode FB_CROAK);
use Exporter qw(import);
use HammerFeed qw(payload valid_payload);
use Mutation qw(pick mutated);

our @EXPORT_OK = qw(chance quoted bytes_of value learn);

# Functions that make a value of a type: [function, arguments]; set by learn().
my %makers;
# The literals of the tests, by what they are
my %literals;

# Nested calls end here.
my $deepest = 2;

# What a handful of damaged bytes comes from, and what SQL lacks
our $setup = <<'SQL';
CREATE SCHEMA hammer;
CREATE FUNCTION hammer.damaged(v bytea, seed bigint) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	n int := coalesce(length(v), 0);
	at int := CASE WHEN n = 0 THEN 0 ELSE (seed / 16 % n)::int END;
BEGIN
	CASE seed % 8
		WHEN 0 THEN RETURN v;
		WHEN 1 THEN RETURN substr(v, 1, at);
		WHEN 2 THEN RETURN CASE WHEN n = 0 THEN v ELSE set_bit(v, at * 8 + (seed % 7)::int, 1 - get_bit(v, at * 8 + (seed % 7)::int)) END;
		-- a length or a number in it becomes an extreme one
		WHEN 3 THEN RETURN overlay(v PLACING (ARRAY['\xffffff7f', '\xffffffff', '\x00000000', '\x00000080', '\x0000ff7f', '\xffffff3f'])[1 + seed / 8 % 6]::bytea FROM at / 4 * 4 + 1);
		WHEN 4 THEN RETURN v || decode(repeat('41', (seed % 4099)::int), 'hex');
		WHEN 5 THEN RETURN substr(v, at + 1);
		WHEN 6 THEN RETURN v || v;
		ELSE RETURN overlay(v PLACING '\xffffffffffffffff'::bytea FROM at / 8 * 8 + 1);
	END CASE;
END
$$;
CREATE FUNCTION hammer.shifted(a anyarray, first int) RETURNS anyarray LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	r a%TYPE;
BEGIN
	r := CASE WHEN array_ndims(a) = 1 THEN format('[%s:%s]=', first, first::bigint + cardinality(a) - 1) ELSE '' END || a::text;
	RETURN r;
END
$$;
SQL

sub chance { return rand() < $_[0] }

# A text as SQL, whatever standard_conforming_strings says
sub quoted
{
	my ($text) = @_;

	$text =~ s/\0//g;
	# what is not UTF-8 would be refused before any function saw it
	my $copy = $text;
	$text =~ s/[^\x01-\x7f]/?/g if !defined eval { decode('UTF-8', $copy, FB_CROAK) };
	$text =~ s/'/''/g;
	return "'$text'" if $text !~ /\\/;
	$text =~ s/\\/\\\\/g;
	return "E'$text'";
}

sub bytes_of
{
	my ($bytes) = @_;
	return "decode('" . unpack('H*', $bytes) . "', 'hex')";
}

# learn MAKERS, FOLDER: what functions there are, and what the tests pass
sub learn
{
	my ($makers, $folder) = @_;

	%makers = %$makers;
	foreach my $file (sort glob("$folder/*.sql"))
	{
		my ($kind) = $file =~ m{/(segment_rule|tally|day_tally|delivery_state|keyword|recipient|taxonomy)[^/]*$};
		open my $in, '<:raw', $file or die "$file: $!";
		local $/ = undef;
		my $text = <$in>;
		$text =~ s/^\s*--.*$//mg;
		while ($text =~ /'((?:[^']|'')*)'/g)
		{
			my $literal = $1 =~ s/''/'/gr;
			push @{ $literals{ $kind // 'other' } }, $literal if $literal !~ /\n/ && length $literal < 2000;
		}
	}
	return;
}

my @integers = (0, 0, 1, 1, 2, 3, -1, 7, 15, 95, 96, 254, 255, 256, 4095, 4096, 32767, 65535, 65536, -32768, 2147483646, 2147483647, -2147483648);
my @bigints = (@integers, 4294967295, 4294967296, '281474976710655', '281474976710656', '4611686018427387904', '9223372036854775807', '-9223372036854775808', '-4294967296');
my @times = (
	'infinity', '-infinity', '294276-12-31 23:59:59.999999+00', '294276-01-01 00:00:00+00', '4714-11-24 00:00:00+00 BC', '1999-12-31 23:59:59.999999+00',
	'2000-01-01 00:00:00+00', '1970-01-01 00:00:00+00', '2024-02-29 12:00:00+00', '2025-03-30 01:00:00+00', '2025-10-26 00:30:00+00', '2038-01-19 03:14:08+00',
	'2025-03-31 23:59:59.999999+00', '2025-04-01 00:00:00+00', '2025-07-01 00:00:00+00', '9999-12-31 00:00:00+00', '200000-06-01 00:00:00+00', '0001-01-01 00:00:00+00');
my @intervals = (
	'0', '1 microsecond', '1 day', '-1 day', '30 days', '1 month', '1 year 2 months 3 days 04:05:06.789', '-178000000 years', '178000000 years',
	'2147483647 months', '-2147483648 days', '2562047788:00:54.775807', '-2562047788:00:54.775807', '7 days -1 month', '99999999 hours');
my @numerics = ('0', '-0.0', '1', '-1', '0.05', 'NaN', 'Infinity', '-Infinity', '1e1000', '1e-1000', '9' x 100, '99999.99');
my @numbers = ('+12025550101', '12025550102', '+447700900123', '00447700900124', '+', '', '0', '+1 (202) 555-0103', '1' x 15, '9' x 600, '+339', '+883510000000000', 'tel:+12025550101', 'alice', "+1202555\x{01}0101");
my @zones = ('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'EST5EDT', '+05:30', '-15:59:59', '<+167>-167', 'nowhere', '', 'x' x 300, 'Pacific/Kiritimati', '/etc/passwd', '../UTC');
my @types = qw(SENT ACCEPTED DELIVERED UNDELIVERED NOT_SENT EXPIRED REJECTED TRANSIENT CLICK SEEN REPLY SUBSCRIBE UNSUBSCRIBE CONFIRMATION HELP BLOCK UNBLOCK LINK sent nothing);
my @providers = ('auto', qw(salesforce_ens salesforce_dmo infobip engagelab intercom native twilio aws unheard_of));
my @classes = qw(unknown accepted not_sent sent in_transit to_operator expired undelivered delivered seen DELIVERED UNDELIVERABLE PENDING 500 510);
my @texts = (
	'', 'x', ' ', 'x' x 511, 'x' x 513, 'y' x 100_000, "\x{c3}\x{a9}" x 300, "\x{f0}\x{9f}\x{98}\x{80}" x 80, "a\x{e2}\x{82}\x{ac}b{[~]}\\|^", "STOP\x{c2}\x{a0}all!!",
	"\x{e2}\x{80}\x{ae}evil", "\x{ef}\x{bb}\x{bf}stop", 'ARRET', "\x01\x02\x7f", '${name}', "'; DROP TABLE x; --", '%s%n%d', "\x{cc}\x{81}" x 200, 'stop' x 10_000);

my %named = (
	provider => \@providers, account => [ '', 'A', 'B', 'shop', 'x' x 512, 'x' x 513 ], zone => \@zones, fallback_zone => \@zones,
	recipient => \@numbers, number => \@numbers, numbers => \@numbers, sender => \@numbers, sender_id => \@numbers, a => \@numbers, b => \@numbers, individual_id => [ 'p1', 'p2', @numbers ],
	event_type => \@types, steps => [ @types, 'clicked', 'delivered', 'seen', 'replied' ], event_class => [ 'status', 'error', 'not_sent', 'bounce', @classes ],
	class => \@classes, ranking => [ 'code', 'time', 'class', 'none' ], dimension => [ '', 'bulk_message', 'link_name', 'nothing' ], dimensions => [ 'bulk_message', 'link_name', 'nothing' ],
	channel => [ 'SMS', 'VIBER_BM', 'WHATSAPP', 'RCS', 'EMAIL', 'OTHER', 'sms', '' ], header_name => [ 'Authorization', 'x-twilio-signature', 'X-Hub-Signature', 'x-amz-sns-message-type', '' ],
	url => [ 'https://shop.example/hook', '', 'x' x 5000, 'https://shop.example:443/?a=b&a=c' ], secret => [ '', 'secret', 's' x 5000, 'c2VjcmV0' ], time_source => [ 'arrival', 'event', '' ],
	status_group => \@classes, expected => [ 'a', 'extra', 'status.name', '' ], field_name => [ 'test', 'a', '' ],
	unit => [ 'hour', 'day', 'none' ], part => [ 'message', 'individual', 'contact_point', 'none' ]);
my %by_kind = (rule => 'segment_rule', message_text => 'keyword', keyword => 'keyword', code => 'taxonomy', error_code => 'taxonomy', status_code => 'taxonomy', status_name => 'taxonomy', event_class => 'taxonomy');

sub literal_of
{
	my ($kind) = @_;
	my $some = $literals{$kind};
	my $text = pick(@$some);

	return chance(0.3) ? mutated($text, pick(@$some)) : $text;
}

sub text_value
{
	my ($name) = @_;

	if ($name eq 'payload') { my ($provider, $text) = payload(); return quoted($text); }
	return quoted(pick(@{ $named{$name} })) if $named{$name} && chance(0.75);
	return quoted(literal_of($by_kind{$name})) if $by_kind{$name} && chance(0.75);
	return 'repeat(' . quoted(pick(@texts[ 1 .. 4 ], "stop ", "\x{c3}\x{a9}")) . ', ' . pick(10, 1000, 50_000) . ')' if chance(0.05);
	return quoted(chance(0.5) ? pick(@texts) : literal_of('other'));
}

# Bytes: a payload, the state of an aggregate or a set, whole or damaged
sub bytea_value
{
	my ($name, $depth, $context) = @_;

	if ($name eq 'payload' || $name eq 'payloads' || $name eq 'body') { my ($provider, $text) = payload(); return bytes_of($text); }
	my $state = pick(
		sub { call_of('bytea', $depth, $context) }, sub { call_of('bytea', $depth, $context) },
		sub { bytes_of(join '', map { pack 'V', pick(@integers) & 0xffffffff } 1 .. int rand 24) },
		sub { bytes_of(join '', map { chr int rand 256 } 1 .. int rand 40) },
		sub { "repeat(" . quoted('x') . ", " . pick(1, 100, 100_000) . ")::bytea" })->();
	return chance(0.6) ? 'hammer.damaged(' . $state . ', ' . int(rand 1e9) . ')' : $state;
}

# A value of one of the extension's types: what COPY BINARY took, or the text of one
sub own_value
{
	my ($type, $depth, $context) = @_;
	my ($name) = $type =~ /(\w+)$/;

	return call_of($type, $depth, $context) if $depth < $deepest && $makers{$type} && chance(0.35);
	return "(SELECT v FROM hammer.some_$name ORDER BY no OFFSET " . int(rand 60) . " LIMIT 1)" if chance(0.4);
	if ($name eq 'tally')
	{
		my $n = pick(0, 1, 3, 50, 3000);
		return "smsengage.tally(ARRAY(SELECT (g * " . pick(1, 7, 21) . ")::int FROM generate_series(0, $n) g WHERE g * 21 < 65536), " .
			pick('NULL', "ARRAY(SELECT " . pick(1, 2, 'g + 1', 2147483647) . " FROM generate_series(0, $n) g WHERE g * 21 < 65536)") . ')' if chance(0.6);
	}
	return quoted(literal_of($name)) . "::$type" if $literals{$name};
	return quoted(literal_of('tally')) . "::$type" if $name eq 'day_tally';
	return "NULL::$type";
}

sub batch_value
{
	my ($depth, $context) = @_;
	my ($provider, $text) = payload();
	my $arrival = time_value();

	$arrival = "'2025-07-01 00:00:00+00'" if chance(0.9);
	$provider = 'auto' if chance(0.1);
	return 'smsengage_internal.batch(' . quoted($provider) . ', ' . bytes_of($text) . ', ' . pick('NULL', "''", "'A'") . ", $arrival)" if chance(0.7) || $depth >= $deepest;
	return call_of('smsengage.parsed_batch', $depth, $context);
}

sub time_value
{
	return quoted(pick(@times)) . '::timestamptz' if chance(0.5);
	return "('2025-01-01 00:00:00+00'::timestamptz + interval '" . int(rand 300) . ' days ' . int(rand 86400) . " seconds')" if chance(0.7);
	return "date_trunc('" . pick('hour', 'day', 'month') . "', '2025-05-05 10:10:10+00'::timestamptz)";
}

# One value of a type that is no array
my %scalar = (
	text => \&text_value, bytea => \&bytea_value,
	'character varying' => \&text_value, name => \&text_value,
	bigint => sub { pick(map({ "'$_'::bigint" } pick(@bigints)), int(rand 100) . '::bigint', int(rand 1e12) . '::bigint') },
	integer => sub { pick("'" . pick(@integers) . "'::int", int(rand 100) . '::int') },
	smallint => sub { "'" . pick(0, 1, 2, 3, 5, 9, -1, 254, 255, 32767, -32768, int(rand 20)) . "'::smallint" },
	boolean => sub { pick('true', 'false') },
	numeric => sub { "'" . pick(@numerics) . "'::numeric" },
	'double precision' => sub { "'" . pick(@numerics[ 0 .. 7 ], '1e300') . "'::float8" },
	'timestamp with time zone' => \&time_value,
	'timestamp without time zone' => sub { time_value() . "::timestamp" },
	date => sub { quoted(pick('infinity', '-infinity', '5874897-12-31', '4714-11-24 BC', '2000-01-01', '2025-06-01', '2025-01-01', '2024-02-29', '1999-12-31', '294276-12-31')) . '::date' },
	interval => sub { quoted(pick(@intervals)) . '::interval' },
	'time without time zone' => sub { quoted(pick('00:00', '24:00:00', '08:00', '23:59:59.999999', '12:34:56')) . '::time' },
	inet => sub { quoted(pick('0.0.0.0', '255.255.255.255/1', '::', 'ffff::/1', '::ffff:54.172.60.0', '54.172.60.1', '10.0.0.0/8', '1::/128')) . '::inet' },
	uuid => sub { pick("'00000000-0000-0000-0000-000000000000'::uuid", "'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid", 'md5(' . quoted(int rand 10) . ')::uuid') },
	tid => sub { quoted(pick('(0,0)', '(0,1)', '(4294967295,65535)', '(4294967295,0)', '(0,65535)', '(2,7)')) . '::tid' },
	regclass => sub { pick("'hammer.source'::regclass", "'hammer.source'::regclass", "'hammer.source'::regclass", '0::regclass', "'pg_class'::regclass", "'smsengage.event'::regclass", '4294967295::regclass') },
	oid => sub { pick('0::oid', '4294967295::oid', "'pg_class'::regclass::oid") },
	json => sub { quoted(valid_payload()) . '::json' },
	jsonb => sub { pick(quoted(valid_payload()) . '::jsonb', q('{"X-Twilio-Signature":"c2VjcmV0","Authorization":"Basic eDp5","a":[1,{}],"b":null}'::jsonb)) },
	'smsengage.parsed_batch' => sub { batch_value(@_[ 1, 2 ]) },
	# binary forms go by COPY
	cstring => sub { quoted(chance(0.5) ? literal_of(pick(sort keys %literals)) : pick(@texts)) . '::cstring' });

# Lists that go with a batch, one per name of an argument
sub batch_list
{
	my ($name, $batch) = @_;
	my %list = (
		people => "ARRAY(SELECT person_no::bigint + " . pick(0, 0, 65535, '4294967296') . " FROM smsengage_internal.batch_people($batch) ORDER BY person_no)",
		event_keys => "ARRAY(SELECT event_key FROM smsengage_internal.batch_copies($batch) WHERE " . pick('true', 'true', 'event_key % 2 = 0', 'event_key > 0', 'false') . ')',
		identities => "ARRAY(SELECT digest FROM smsengage_internal.batch_identities($batch))",
		message_keys => "ARRAY(SELECT message_key FROM smsengage_internal.batch_copies($batch) WHERE message_key IS NOT NULL" . pick('', ' AND event_key > 0') . ')',
		series_nos => "ARRAY(SELECT no::bigint FROM smsengage_internal.batch_series($batch, ARRAY(SELECT event_key FROM smsengage_internal.batch_copies($batch)), '{bulk_message,link_name}'))",
		dimensions => pick("'{}'::text[]", "'{bulk_message,link_name}'::text[]"));
	return $list{$name};
}

sub array_value
{
	my ($type, $name, $depth, $context) = @_;
	my $element = $type =~ s/\[\]$//r;
	my $list = $context->{batch} && batch_list($name, $context->{batch});

	return $list if $list && chance(0.85);
	return "'{}'::$type" if chance(0.05);
	my @elements = map { chance(0.03) ? 'NULL' : value($element, $name, $depth + 1, $context) } 1 .. pick(1, 2, 3, 3, 5, 9);
	my $array = 'ARRAY[' . join(', ', @elements) . "]::$type";

	return "ARRAY[ARRAY[$elements[0], $elements[0]], ARRAY[$elements[-1], $elements[0]]]::$type" if chance(0.05);
	return "ARRAY(SELECT $elements[0] FROM generate_series(1, " . pick(100, 5000, 70_000) . "))::$type" if chance(0.06);
	if ($element =~ /^(bigint|integer)$/ && chance(0.15))
	{
		return "ARRAY(SELECT (g * " . pick(1, 3, 1000) . ")::$element FROM generate_series(" . pick('1, 4000', '-100, 100', '0, 40') . ') g)';
	}
	if ($element eq 'timestamp with time zone' && chance(0.2))
	{
		return "ARRAY(SELECT '2025-03-01 00:00:00+00'::timestamptz + g * interval '" . pick('15 minutes', '1 day', '1 hour', '1 month') . "' FROM generate_series(0, " . pick(3, 100, 3000) . ') g)';
	}
	return "hammer.shifted($array, " . pick(0, -3, 7, 2147483640, -2147483648) . ')' if chance(0.06);
	return "array_fill($elements[0]::$element, ARRAY[" . pick(0, 1, 3) . '], ARRAY[' . pick(0, 5, -2147483648) . '])' if chance(0.04);
	return $array;
}

# An expression of this type; context: what the query offers
sub value
{
	my ($type, $name, $depth, $context) = @_;

	return "NULL::$type" if chance($depth == 0 ? 0.05 : 0.02);
	return $context->{batch} if $context->{batch} && $type eq 'smsengage.parsed_batch';
	return array_value($type, $name, $depth, $context) if $type =~ /\[\]$/;
	return own_value($type, $depth, $context) if $type =~ /^smsengage\.(tally|day_tally|delivery_state|segment_rule)$/;
	return "NULL::$type" if !$scalar{$type};
	return call_of($type, $depth, $context) if $depth < $deepest && $makers{$type} && $type !~ /^(text|boolean)$/ && chance(0.08);
	my $value = $scalar{$type}->($name, $depth, $context);
	return $value =~ /::[\w .]+$/ ? $value : "$value\::$type";
}

# A call of a function that returns this type
sub call_of
{
	my ($type, $depth, $context) = @_;

	return "NULL::$type" if !$makers{$type} || $depth > $deepest;
	my $maker = pick(@{ $makers{$type} });
	return "$maker->{name}(" . join(', ', map { value($_->{type}, $_->{name}, $depth + 1, $context) } @{ $maker->{arguments} }) . ')';
}

1;
