# Payloads and rules for tests that compare stores: random, from a seed.
package StoreData;

use strict;
use warnings;
use JSON::PP ();

our @types = qw(SENT DELIVERED UNDELIVERED NOT_SENT EXPIRED CLICK CLICK CLICK SEEN REPLY SUBSCRIBE UNSUBSCRIBE HELP);
my @links = ('buy', 'more', "o'brien", undef);
my @sends = ('spring', 'summer', undef);
# person and account of each message
my @about;
my $json = JSON::PP->new->canonical;

sub pick
{
	return $_[ int(rand(@_)) ];
}

# A native event of number $n; times lie in the first half of 2025.
sub event
{
	my ($n) = @_;
	my $message = int($n / 3);
	my ($person, $account) = @{ $about[$message] //= [ int(60 * rand() * rand()), pick('shop', 'shop', 'bank') ] };
	my @t = gmtime(1735689600 + int(rand(181 * 86400)));
	my %event = (
		event_type => pick(@types),
		event_id => "e$n",
		event_time => sprintf('%04d-%02d-%02dT%02d:%02d:%02d.%03dZ', $t[5] + 1900, $t[4] + 1, $t[3], $t[2], $t[1], $t[0], int(rand(1000))),
		created_time => '2025-07-01T00:00:00Z',
		account => $account,
		recipient => sprintf('+1202555%04d', 100 + $person % 50),
		sender_id => pick('55501', '55502'),
		message_id => "m$message");
	$event{individual_id} = "$account-$person" if rand() < 0.8;
	if ($event{event_type} eq 'CLICK')
	{
		$event{link_name} = pick(@links);
		$event{link_url} = 'https://shop.example/x';
	}
	$event{bulk_message} = pick(@sends);
	$event{error_code} = pick(500, 510, 520) if $event{event_type} eq 'UNDELIVERED';
	$event{message_text} = pick('yes', 'stop', 'how much?') if $event{event_type} eq 'REPLY';
	delete $event{$_} foreach grep { !defined $event{$_} } keys %event;
	return \%event;
}

# Batches of native payloads, some events twice, one of them not understood.
sub payloads
{
	my ($batches, $size) = @_;
	my @payloads;
	my $n = 0;

	@about = ();
	foreach (1 .. $batches)
	{
		my @events = map { event($n++) } 1 .. $size;
		push @events, $events[ int(rand(@events)) ], { event_type => 'NONSENSE', event_id => "x$_" };
		push @payloads, $json->encode(\@events);
	}
	return @payloads;
}

sub window
{
	return pick('in last ' . (1 + int(rand(90))) . ' days', 'in last ' . (1 + int(rand(5))) . ' months',
		"since '2025-0" . (1 + int(rand(6))) . '-' . (10 + int(rand(18))) . "'",
		"in previous month at time zone 'Europe/Berlin'", "in this quarter", '');
}

sub condition
{
	my $type = lc pick(@types);
	my $filter = $type eq 'click' && rand() < 0.4 ? pick("[link_name = 'buy']", "[link_name <> 'buy']", "[bulk_message = 'spring']") : '';

	return pick(
		"$type$filter " . pick('>= 1', '>= 2', '= 0', '< 2', '> 3') . ' ' . window(),
		"$type$filter >= 1 " . window(),
		"$type$filter " . window(),
		'sent in last 90 days then click within 10 days',
		'sent in last 90 days not followed by click within 10 days',
		'subscribed');
}

# A rule of up to four conditions.
sub rule
{
	my ($depth) = @_;

	return condition() if ($depth // 0) > 1 || rand() < 0.4;
	my @parts = map { '(' . (rand() < 0.2 ? 'not ' : '') . rule(($depth // 0) + 1) . ')' } 1 .. 2;
	return join(pick(' and ', ' or '), @parts);
}

1;
