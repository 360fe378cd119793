# Payloads for hammering: the samples of every provider, changed with respect
# for what they are.  Ids, times, people and accounts come from small pools, so
# that events meet: one id at several times, one person under several numbers,
# members of two kinds of events in one.
package HammerFeed;

use strict;
use warnings;
use Exporter qw(import);
use JSON::PP ();
use Mutation qw(pick mutated);

our @EXPORT_OK = qw(load_samples feed payload valid_payload providers);

# canonical: the same bytes for the same seed
my $json = JSON::PP->new->canonical->allow_nonref->utf8;
# by provider: payloads as they are, and [how an event is wrapped, event]
my (%texts, %events);

my @ids = (map({ "id$_" } 1 .. 5), 'x' x 512, '0', '');
my @people = ('p1', 'p2', 'p3', 'P3', '-1');
my @numbers = map { "+120255501$_" } '01', '02', '03', '04', '05';
my @accounts = ('A', 'A', 'B', '');
# seconds since 1970: 2025, edges of months and days, and what is refused
my @instants = (
	1746093600, 1746093600.001, 1746093601, 1748736000, 1748735999.999, 1751328000, 1741083306, 1740787200, 1743465599.5, 1746136800, 1750000000, 1750000899,
	946684800, 946684799, 4102444800, 0);

my @native = (
	'{"event_type":"CLICK","event_time":"2025-05-01T10:00:00Z","event_id":"e1","message_id":"m1","recipient":"+12025550101","individual_id":"p1","link_name":"Spring","link_url":"https://shop.example/x","bulk_message":"spring"}',
	'{"event_type":"SENT","event_time":1746093600000,"message_id":"m2","recipient":"+12025550102","individual_id":"p2","part":0,"parts":2,"price":"0.05","price_currency":"USD","sender_id":"55501","callback_data":"{\"test\":false}"}',
	'{"event_type":"UNDELIVERED","event_time":"2025-05-01T10:00:00+02:00","message_id":"m2","recipient":"+12025550102","individual_id":"p2","error_code":"500","status_class":"undelivered","sent_time":"2025-05-01T09:00:00Z"}',
	'{"event_type":"REPLY","event_id":"r1","time_source":"arrival","recipient":"+12025550103","sender_id":"+12025550199","message_text":"STOP","keyword":"STOP","account":"A"}',
	'{"event_type":"BLOCK","event_time":"2025-05-02T00:00:00Z","recipient":"+12025550104","error_code":"510"}',
	'{"event_type":"UNBLOCK","event_time":"2025-05-03T00:00:00Z","recipient":"+12025550104"}',
	'{"event_type":"LINK","event_time":"2025-05-03T00:00:00Z","individual_id":"p1","other_individual_id":"p2","scope":"native/A"}',
	'{"event_type":"SUBSCRIBE","event_time":"2025-05-03T00:00:00Z","recipient":"+12025550105","sender_id":"55501","event_key":"42","message_key":"m"}');

sub providers { my @all = sort keys %texts; return @all }

# An object that holds a list of events has one of these
sub wrapped
{
	my ($value) = @_;

	if (ref $value eq 'HASH')
	{
		foreach my $key (sort keys %$value)
		{
			my $list = $value->{$key};
			return ($key, @$list) if ref $list eq 'ARRAY' && @$list && ref $list->[0] eq 'HASH' && $key =~ /^(?:results|rows|messages|events|data)$/;
		}
	}
	return ('', ref $value eq 'ARRAY' ? @$value : $value);
}

sub load_samples
{
	my ($folder) = @_;

	foreach my $file (sort glob("$folder/*/*.json"))
	{
		my ($provider) = $file =~ m{([^/]+)/[^/]+$};
		open my $in, '<:raw', $file or die "$file: $!";
		local $/ = undef;
		push @{ $texts{$provider} }, scalar <$in>;
	}
	$texts{native} = [@native];
	foreach my $provider (providers())
	{
		foreach my $text (@{ $texts{$provider} })
		{
			my ($wrapper, @some) = wrapped($json->decode($text));
			push @{ $events{$provider} }, map { [ $wrapper, $_ ] } grep { ref eq 'HASH' } @some;
		}
	}
	return;
}

sub iso
{
	my ($at, $milliseconds, $zone) = @_;
	my $offset = $zone =~ /^([-+])(\d\d):?(\d\d)$/ ? ($1 eq '-' ? -1 : 1) * ($2 * 3600 + $3 * 60) : 0;
	my @t = gmtime(int($at) + $offset);

	return sprintf('%04d-%02d-%02dT%02d:%02d:%02d%s%s', $t[5] + 1900, $t[4] + 1, @t[ 3, 2, 1, 0 ],
		$milliseconds ? sprintf('.%03d', ($at - int $at) * 1000) : '', $zone);
}

# Another moment, written as the one there
sub moment
{
	my ($before) = @_;
	my $at = pick(@instants);

	return sprintf('%.0f', $at * 1000) + 0 if $before =~ /^\d{13}$/;
	return int $at if $before =~ /^\d{9,10}$/;
	return iso($at, scalar($before =~ /\.\d/), pick('Z', '+02:00', '-05:00')) if $before =~ /^\d{4}-\d\d-\d\d/;
	return $before;
}

# Another value for a member, by what it seems to be
sub varied_leaf
{
	my ($key, $value) = @_;

	return $value if !defined $value || JSON::PP::is_bool($value);
	return moment($value) if $value =~ /^(?:\d{9,10}|\d{13}|\d{4}-\d\d-\d\dT.*)$/ && $key =~ /time|date|stamp|_at$|At$|itime|received/i;
	return pick(@numbers) if $value =~ /^\+?\d{10,15}$/;
	return pick(@people) if $key =~ /individual|contact|user|subscriber/i;
	return pick(@accounts) if $key =~ /^(?:account|app_id|AccountSid|mid|eid|business_id|scope)$/i;
	return pick(@ids) if $key =~ /id$|key$|sid$/i && $value !~ /^\d{1,4}$/;
	return pick(0, 1, 2, 254, 255, -1, 32768) if $key =~ /part|count/i;
	return $value;
}

my @odd = (undef, '', '0', -1, 1e300, 'x' x 2000, [], {}, [ {} ], { a => [ 1, { b => undef } ] }, JSON::PP::true(), "\x{1F600}", "2025-02-30T00:00:00Z", '1e5', " 1 ");

# The event with some of its members changed
sub varied
{
	my ($node, $key, $how_much) = @_;

	if (ref $node eq 'HASH')
	{
		return { map { $_ => varied($node->{$_}, $_, $how_much) } sort keys %$node };
	}
	return [ map { varied($_, $key, $how_much) } @$node ] if ref $node eq 'ARRAY';
	my $what = rand();
	return pick(@odd) if $what < $how_much / 40;
	return varied_leaf($key, $node) if $what < $how_much;
	return $node;
}

# Members of both
sub crossed
{
	my ($a, $b) = @_;
	my %both = %$a;

	foreach my $key (sort keys %$b)
	{
		$both{$key} = $b->{$key} if rand() < 0.5;
	}
	return \%both;
}

sub event_of
{
	my ($provider) = @_;
	my ($wrapper, $event) = @{ pick(@{ $events{$provider} }) };

	$event = crossed($event, pick(@{ $events{$provider} })->[1]) if rand() < 0.25;
	$event = { %$event };
	delete $event->{ pick(sort keys %$event) } if %$event && rand() < 0.1;
	return ($wrapper, varied($event, '', pick(0.2, 0.6, 1)));
}

# A payload of one provider with events that meet: (provider, JSON)
sub feed
{
	my ($provider) = (@_, pick(providers()));
	my ($wrapper, $event) = event_of($provider);
	my @events = ($event);

	foreach (1 .. pick(0, 0, 1, 2, 5, 12, 40))
	{
		# what was there with another time, number or id; or another
		push @events, rand() < 0.6 ? varied(pick(@events), '', pick(0.1, 0.3, 1)) : (event_of($provider))[1];
	}
	my $payload = $wrapper ? { $wrapper => \@events, rand() < 0.3 ? (total => scalar @events) : () } : @events == 1 && rand() < 0.5 ? $events[0] : \@events;
	my $text = $json->encode($payload);
	# a member twice, and several payloads behind each other
	$text =~ s/\{("[^"]+":"[^"]*"),/{$1,$1,/ if rand() < 0.05;
	$text = join pick("\n", '', ','), map { $json->encode($_) } @events if !$wrapper && rand() < 0.1;
	return ($provider, $text);
}

# The same, or what is no payload at all: (provider, bytes)
sub payload
{
	return feed() if rand() < 0.6;
	my $provider = pick(providers());
	my ($from, $text) = feed();
	return ($provider, mutated(pick(@{ $texts{$provider} }), $text));
}

# JSON that is sound
sub valid_payload
{
	my ($provider) = pick(providers());
	return $json->encode((event_of($provider))[1]);
}

1;
