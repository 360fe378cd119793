#!/usr/bin/perl
#
# A quarter of made-up traffic of a shop, as its providers would have posted it:
# one file a provider, one payload a line, in the order of arrival.
#
#   perl generate.pl [--end TIME] [--seed N] [--events N] FOLDER
#
# --end     when the quarter ends, as 2026-11-22T08:00:00Z; default: now
# --seed    the same seed and end give the same bytes; default: 1
# --events  about how many events; default: 50000
#
# README.md says what is in it and whose numbers these are.
#
use strict;
use warnings;
use Getopt::Long;
use POSIX qw(floor strftime);
use Time::Local qw(timegm);

my ($until, $seed, $events) = (undef, 1, 50_000);
GetOptions('end=s' => \$until, 'seed=i' => \$seed, 'events=i' => \$events)
	&& @ARGV == 1 && $events > 0
	or die "usage: $0 [--end TIME] [--seed N] [--events N] FOLDER\n";
my ($folder) = @ARGV;

use constant {
	SECOND => 1000,
	MINUTE => 60_000,
	HOUR => 3_600_000,
	DAY => 86_400_000,
	DAYS => 90
};

# All times are milliseconds since 1970.
my $end = time() * SECOND;
if (defined $until)
{
	$until =~ /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/
	  or die "$0: --end takes a time like 2026-11-22T08:00:00Z\n";
	$end = timegm($6, $5, $4, $3, $2 - 1, $1) * SECOND;
}
my $midnight = $end - $end % DAY;
my $scale = $events / 48_000;
srand($seed);

# ---------------------------------------------------------------- chance

sub chance { return rand() < $_[0] }
sub pick { return $_[ int rand @_ ] }
sub between { my ($low, $high) = @_; return $low + int rand($high - $low + 1) }

# One of the keys of a list of pairs, as often as its weight says.
sub weighted
{
	my @pairs = @_;
	my $sum = 0;

	for (my $i = 1; $i < @pairs; $i += 2) { $sum += $pairs[$i] }
	my $at = rand $sum;
	while (@pairs > 2 && ($at -= $pairs[1]) >= 0) { splice @pairs, 0, 2 }
	return $pairs[0];
}

# Mostly near the median, sometimes many times as long.
sub around
{
	my ($median, $spread) = @_;
	my $normal = sqrt(-2 * log(1 - rand)) * cos(6.283185307 * rand);

	return int($median * exp($spread * $normal)) + 1;
}

# A number with the fraction decided by chance, so that small sizes add up.
sub rounded { return floor($_[0] + rand) }

sub hex_id { return join '', map { sprintf '%04x', int rand 65536 } 1 .. $_[0] / 4 }
sub uuid { return join '-', map { hex_id($_) } 8, 4, 4, 4, 12 }
sub digits { return join '', between(1, 9), map { int rand 10 } 2 .. $_[0] }

# ---------------------------------------------------------------- JSON

sub text
{
	my ($s) = @_;

	$s =~ s/(["\\])/\\$1/g;
	$s =~ s/\n/\\n/g;
	return qq("$s");
}

# Pairs of a name and a value that is JSON already; undef leaves a pair out.
sub object
{
	my @parts;

	while (my ($name, $value) = splice @_, 0, 2)
	{
		push @parts, text($name) . ":$value" if defined $value;
	}
	return '{' . join(',', @parts) . '}';
}

sub iso { return strftime('%Y-%m-%dT%H:%M:%S', gmtime(floor($_[0] / 1000))) }
sub iso_z { return text(iso($_[0]) . 'Z') }

# Infobip writes milliseconds and an offset without a colon.
sub iso_offset
{
	my ($at, $hours) = @_;

	return text(sprintf '%s.%03d%+03d00', iso($at + $hours * HOUR), $at % 1000, $hours);
}

# ---------------------------------------------------------------- posting

# What each provider puts around its events, and how many at most.
my %envelope = (
	salesforce_ens => [ 40, sub { '[' . join(',', @_) . ']' } ],
	salesforce_dmo => [ 200, sub { '[' . join(',', @_) . ']' } ],
	infobip => [ 100, sub { '{"results":[' . join(',', @_) . ']}' } ],
	engagelab => [ 20, sub { object(total => scalar @_, rows => '[' . join(',', @_) . ']') } ]);
my %posts;

# Receipts come seconds after the event, some hours or a day; some come twice.
# What has not come by the end is not there.
sub post
{
	my ($provider, $at, $json, $alone) = @_;
	my $arrival = $at + around(2 * SECOND, 0.8);

	return if $at > $end;
	$arrival += between(1 * HOUR, 40 * HOUR) if chance(0.015);
	for (1 .. (chance(0.02) ? 2 : 1))
	{
		push @{ $posts{$provider} }, [ $arrival, $json, $alone ] if $arrival <= $end;
		$arrival += between(1 * MINUTE, 15 * MINUTE);
	}
}

sub write_posts
{
	my ($provider) = @_;
	my ($most, $wrap) = @{ $envelope{$provider} // [ 1, sub { $_[0] } ] };
	my @posts = sort { $a->[0] <=> $b->[0] || $a->[1] cmp $b->[1] } @{ $posts{$provider} };
	my $size = between(1, $most);
	my @batch;

	open my $file, '>', "$folder/$provider.ndjson" or die "$0: $folder/$provider.ndjson: $!\n";
	while (my $post = shift @posts)
	{
		if ($post->[2]) { print $file "$post->[1]\n" }
		else { push @batch, $post->[1] }
		if (@batch && (@batch == $size || !@posts))
		{
			print $file $wrap->(splice @batch), "\n";
			$size = between(1, $most);
		}
	}
	close $file or die "$0: $folder/$provider.ndjson: $!\n";
}

# ---------------------------------------------------------------- people

my %area = (
	-5 => [ qw(201 202 203 207 212 215 240 267 301 302 304 305 315 321 330 339 352 401 404 407 410 412 416 514) ],
	-6 => [ qw(205 214 217 218 224 228 251 254 256 262 281 312 314 316 318 319) ],
	-7 => [ qw(303 307 385 406 435 480 505) ],
	-8 => [ qw(206 209 213 253 310 323 360 408 415 425 604) ]);
my @australian = map { "61491$_" } qw(570006 570110 570156 570157 570158 570159 570313 570737 571266 571491
	571804 572549 572665 572983 573087 573770 574118 574632 575254 575789 576398 576801 577426 577644 578148
	578888 578957 579212 579455 579760);
my @phones = (
	[ 'iPhone', 'iOS 18', 'Apple iPhone', 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1' ],
	[ 'iPhone', 'iOS 17', 'Apple iPhone', 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1' ],
	[ 'Android', 'Android 15', 'Google Pixel 8', 'Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36' ],
	[ 'Android', 'Android 14', 'Samsung SM-S921B', 'Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Mobile Safari/537.36' ]);
my @scanners = (
	'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
	'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
	'Twitterbot/1.0', 'python-requests/2.32.3', 'Mozilla/5.0 (compatible; bitlybot/3.0; +http://bit.ly/)');

sub person
{
	my ($number, $country, $zone) = @_;

	return {
		number => $number, country => $country, zone => $zone,
		id => '003' . digits(12), phone => pick(@phones),
		# a few people click most of the time, most of them hardly ever
		interest => rand() ** 4,
		# numbers that are gone, and lines that hand each link to a scanner first
		gone => chance(0.02), scanned => chance(0.012), stopped => {} };
}

# As many of a range as needed, not the first ones only.
sub some_of
{
	my ($count, @people) = @_;

	$count = @people if $count > @people;
	for my $i (0 .. $count - 1)
	{
		my $other = between($i, $#people);
		@people[ $i, $other ] = @people[ $other, $i ];
	}
	return @people[ 0 .. $count - 1 ];
}

my (@american, %people);
for my $zone (sort keys %area)
{
	for my $area (@{ $area{$zone} })
	{
		my $country = $area =~ /^(416|514|604)$/ ? 'CA' : 'US';
		push @american, person(sprintf('1%s55501%02d', $area, $_), $country, $zone) for 0 .. 99;
	}
}
$people{us} = [ some_of(floor(4500 * $scale) + 50, @american) ];
$people{fr} = [ some_of(floor(2600 * $scale) + 50, map { person(sprintf('3363998%04d', $_), 'FR', 1) } 0 .. 9998) ];
$people{uk} = [ some_of(floor(900 * $scale) + 50, map { person(sprintf('447700900%03d', $_), 'GB', 0) } 0 .. 998) ];
$people{far} = [ (map { person($_, 'AU', 10) } @australian), (map { person("46701740$_", 'SE', 1) } 605 .. 699),
	@{ $people{uk} }[ 0 .. 49 ], @{ $people{fr} }[ 0 .. 49 ] ];

# ---------------------------------------------------------------- the clock

# Share of a day's traffic by hour of the person's day; quiet hours have none.
my @by_hour = (8, 3, 9, 7, 10, 10, 11, 9, 12, 8, 13, 7, 14, 7, 15, 8, 16, 9, 17, 11, 18, 12, 19, 9, 20, 4);
my @by_weekday = (0.55, 1.1, 1.05, 1.0, 1.05, 1.15, 0.75);

# A moment of the day so many days ago, by the clock of that zone.
sub moment
{
	my ($days_ago, $zone) = @_;

	return $midnight - $days_ago * DAY + (weighted(@by_hour) - $zone) * HOUR + between(0, HOUR - 1);
}

# A campaign starts at ten on the last Tuesday, Wednesday or Thursday before.
sub start
{
	my ($days_ago, $zone) = @_;

	$days_ago++ while (gmtime(floor(($midnight - $days_ago * DAY) / 1000)))[6] !~ /^[234]$/;
	return $midnight - $days_ago * DAY + (10 - $zone) * HOUR;
}

# One operator's bad day, 38 days before the end.
sub trouble { return abs($_[0] - ($midnight - 38 * DAY + 14 * HOUR)) < 9 * HOUR }

# ---------------------------------------------------------------- Salesforce

my $enterprise = 7001000;
my $unit = 7001001;
my @ens_bounces = ('4504 FailedDueToUnknownSubscriber', 12, '4505 FailedDueToInvalidDestinationAddress', 6, '4500 Undeliverable', 40,
	'4503 Rejected', 18, '4502 Deleted', 4, '2501 UnknownToAggregator', 5);
my @ens_not_sent = ('1 Unsubscribed', 5, '47 Mobile address not found', 4, '45 Invalid mobile number', 3, '31 List level opt-out', 2);
my %definitions = (
	'order-shipped' => [ '3d9ee7e3-57f1-4911-a2d6-1402ec8faa09', 26, 0.35 ],
	'delivery-today' => [ '3d9ee7e3-57f1-4911-a2d6-1402ec8faa10', 22, 0.05 ],
	'appointment-reminder' => [ '3d9ee7e3-57f1-4911-a2d6-1402ec8faa11', 14, 0.5 ]);

# One transactional message: sent, on its way, and what became of each part.
sub ens_message
{
	my ($definition, $who, $at) = @_;
	my $long = $definitions{$definition}[2];
	my ($tsid, $job, $batch) = ('api.' . uuid(), uuid(), between(100, 999));
	my $composite = "$tsid.$job.$batch.$who->{number}.0";
	my $key = uuid();
	my $emit = sub {
		my ($type, $time, %info) = @_;
		my $reported = exists $info{ordinal};

		post('salesforce_ens', $time, object(
			eventCategoryType => text("TransactionalSendEvents.Sms$type"), timestampUTC => $time,
			compositeId => text($composite),
			composite => $reported ? object(tsid => text($tsid), jobId => text($job), batchId => text($batch),
				mobileNumber => text($who->{number}), subscriberId => text(0)) : undef,
			definitionKey => text($definition), mid => $unit, eid => $enterprise,
			definitionId => $type eq 'Sent' ? undef : text($definitions{$definition}[0]),
			info => object(to => text($who->{number}), subscriberKey => text($who->{id}), messageKey => text($key),
				ordinal => $info{ordinal}, reason => $info{reason}, statusCode => $info{code}, statusMessage => $info{name},
				($type eq 'Bounced' ? 'fromAddress' : 'from') => $reported ? text('12345') : undef,
				countryCode => $reported ? text($who->{country}) : undef)));
	};

	if (chance($who->{stopped}{us} && $who->{stopped}{us} < $at ? 0.6 : 0.008))
	{
		my ($code, $reason) = split / /, weighted(@ens_not_sent), 2;

		$emit->('NotSent', $at, code => text($code), reason => text($reason));
		return;
	}
	$emit->('Sent', $at);
	for my $part (0 .. (chance($long) ? 1 : 0))
	{
		my $done = $at + around(6 * SECOND, 1.1);

		if (chance(0.3))
		{
			$emit->('Transient', $at + between(500, 4000), ordinal => $part, code => text(3000), name => text('Enroute'));
		}
		if ($who->{gone} || chance(0.022))
		{
			my ($code, $name) = split / /, $who->{gone} ? $ens_bounces[0] : weighted(@ens_bounces);

			$emit->('Bounced', $done, ordinal => $part, code => text($code), name => text($name));
			return;
		}
		elsif (chance(0.008))
		{
			$emit->('Bounced', $at + between(20 * HOUR, 48 * HOUR), ordinal => $part, code => text(4501), name => text('Expired'));
			return;
		}
		next if chance(0.012);
		$emit->('Delivered', $done, ordinal => $part, code => text(4000), name => text('Delivered'));
	}
}

for my $days_ago (reverse 0 .. DAYS - 1)
{
	my $weekday = (gmtime(floor(($midnight - $days_ago * DAY) / 1000)))[6];

	for my $definition (sort keys %definitions)
	{
		for (1 .. rounded($definitions{$definition}[1] * $scale * $by_weekday[$weekday] * (1.15 - 0.3 * $days_ago / DAYS)))
		{
			my $who = pick(@{ $people{us} });

			ens_message($definition, $who, moment($days_ago, $who->{zone}));
		}
	}
}

# A row of MessageEngagement.
sub dmo
{
	my ($type, $at, @pairs) = @_;

	post('salesforce_dmo', $at, object(EventID => text(uuid()), EventType => text($type), EventDateTime => iso_z($at),
		CreatedTime => iso_z($at + 2 * SECOND), @pairs));
}

# What a person writes, and the confirmation that goes back.
sub dmo_inbound
{
	my ($type, $who, $at, $keyword, $message, $bulk) = @_;
	my @inbound = (SenderID => text('54321'), Message => text($message), Keyword => text($keyword));

	dmo($type, $at, BulkMessage => $bulk, RecpientPhoneNumber => text("+$who->{number}"), IndividualID => text($who->{id}), @inbound,
		$type eq 'UNSUBSCRIBE' ? (UnsubscribeSource => text('SMS'), UnsubscribeReason => text('keyword')) : ());
	dmo('CONFIRMATION', $at + 2 * SECOND, BulkMessage => $bulk, ContactPointPhoneNumber => text("+$who->{number}"),
		IndividualID => text($who->{id}), @inbound);
}

# When and with what a message is clicked: [time, link, agent].
sub clicks
{
	my ($who, $at, $rate, @links) = @_;
	my @clicks;

	# a scanner opens every link within seconds, some hide their name
	if ($who->{scanned})
	{
		my $agent = chance(0.7) ? pick(@scanners) : $who->{phone}[3];
		my $time = $at + between(1, 4) * SECOND;

		for (my $i = 0; $i < @links; $i += 2) { push @clicks, [ $time += between(80, 700), $links[$i], $agent ] }
	}
	if (chance($rate * 5 * $who->{interest}))
	{
		my $time = $at + 20 * SECOND;

		for (1 .. weighted(1, 70, 2, 22, 3, 8))
		{
			$time += around(25 * MINUTE, 1.6);
			push @clicks, [ $time, weighted(@links), $who->{phone}[3] ];
		}
	}
	return @clicks;
}

my %page = ('Shop now' => 'sale', 'New in' => 'new', 'Store finder' => 'stores', 'Your points' => 'points');
my @sale = ('Shop now', 6, 'New in', 3, 'Store finder', 1);
my @american_campaigns = (
	[ 'Members week', 84, 1000, 0.07 ], [ 'New arrivals', 71, 1150, 0.05 ], [ 'Weekend offer', 57, 1200, 0.09 ],
	[ 'Back in stock', 43, 900, 0.12 ], [ 'Double points', 30, 1300, 0.08 ], [ 'Private sale', 16, 1400, 0.11 ],
	[ 'Last call', 8, 1100, 0.06 ], [ 'Early access', 2, 900, 0.10 ]);
my @american_stops = ('STOP', 60, 'Stop', 20, 'stop', 8, 'UNSUBSCRIBE', 5, 'Quit', 3, 'CANCEL', 4);

for my $campaign (@american_campaigns)
{
	my ($name, $days_ago, $size, $rate) = @$campaign;
	my ($bulk, $send) = (text($name), text('0Bm' . digits(12)));

	for my $who (some_of(rounded($size * $scale), @{ $people{us} }))
	{
		my $at = start($days_ago, $who->{zone}) + between(0, 90 * MINUTE);
		my $url = 'https://shop.example/' . lc($name =~ s/ /-/gr);
		my @person = (BulkMessage => $bulk, MessageID => $send, IndividualID => text($who->{id}));

		next if $who->{stopped}{us} && $who->{stopped}{us} < $at;
		if (chance(0.01))
		{
			dmo('NOT_SENT', $at, @person);
			next;
		}
		dmo('SENT', $at, @person);
		if ($who->{gone} || chance(0.02))
		{
			my ($code, $reason) = split / /, $who->{gone} ? $ens_bounces[0] : weighted(@ens_bounces);

			dmo('UNDELIVERED', $at + around(8 * SECOND, 1), @person, DeliveryErrorCode => text($code), DeliveryErrorText => text($reason));
			next;
		}
		for my $click (clicks($who, $at + around(6 * SECOND, 0.6), $rate, @sale))
		{
			my $link = "$url/$page{$click->[1]}";

			dmo('CLICK', $click->[0], BulkMessage => $bulk, LinkName => text($click->[1]), LinkURL => text($link),
				ResolvedURL => text("$link?c=$who->{id}"), RecipientPhone => text("+$who->{number}"),
				UserAgent => text($click->[2]), IndividualID => text($who->{id}));
		}
		if (chance(0.011))
		{
			my $time = $at + around(30 * MINUTE, 1);

			dmo_inbound('UNSUBSCRIBE', $who, $time, 'STOP', weighted(@american_stops), $bulk);
			$who->{stopped}{us} = $time;
		}
		elsif (chance(0.003)) { dmo_inbound('HELP', $who, $at + around(20 * MINUTE, 1), 'HELP', pick('HELP', 'Help', 'INFO'), $bulk) }
	}
}
for (1 .. rounded(260 * $scale))
{
	my $who = pick(@{ $people{us} });
	my $at = moment(between(0, DAYS - 1), $who->{zone});

	dmo_inbound('SUBSCRIBE', $who, $at, 'JOIN', pick('JOIN', 'Join', 'join', 'YES'), undef);
	$who->{stopped}{us} = undef if ($who->{stopped}{us} // 0) < $at;
}

# ---------------------------------------------------------------- Infobip

my %groups = (1 => 'PENDING', 2 => 'UNDELIVERABLE', 3 => 'DELIVERED', 4 => 'EXPIRED', 5 => 'REJECTED');
my %price = (FR => '0.0395', GB => '0.0342', VIBER => '0.0120');
my %our_number = (FR => '33639989999', GB => '447700900999');
my $delivered = '3 5 DELIVERED_TO_HANDSET 0 0 NO_ERROR';
my @failures = (
	'2 9 UNDELIVERABLE_NOT_DELIVERED 1 27 EC_ABSENT_SUBSCRIBER', 40, '2 9 UNDELIVERABLE_NOT_DELIVERED 1 31 EC_SUBSCRIBER_BUSY_FOR_MT_SMS', 8,
	'2 4 UNDELIVERABLE_REJECTED_OPERATOR 3 566 EC_DESTINATION_BLOCKED_BY_OPERATOR', 12, '5 10 REJECTED_DND 2 2052 EC_BLACKLISTED_DESTINATIONADDRESS', 8,
	'4 15 EXPIRED_EXPIRED 3 4098 EC_VP_EXPIRED', 22, '2 9 UNDELIVERABLE_NOT_DELIVERED 1 13 EC_CALL_BARRED', 6);
my $unknown_number = '2 9 UNDELIVERABLE_NOT_DELIVERED 1 1 EC_UNKNOWN_SUBSCRIBER';

# A delivery report; French ones are of version 2, the others of version 3.
sub infobip_report
{
	my ($m, $outcome, $done, $channel) = @_;
	my ($group, $id, $name, $error_group, $error, $error_name) = split / /, $outcome;
	my $old = $m->{who}{country} eq 'FR' && !$channel;
	my $words = ucfirst lc($name =~ s/_/ /gr);

	post('infobip', $done, object(
		bulkId => text($m->{bulk}), messageId => text($m->{id}), to => text($m->{who}{number}),
		($old ? 'from' : 'sender') => text(($channel // '') eq 'VIBER' ? 'LarchFern' : $our_number{ $m->{who}{country} }),
		channel => $channel && text($channel),
		sentAt => iso_offset($m->{at}, $old ? 1 : 0), doneAt => iso_offset($done, $old ? 1 : 0),
		($old ? 'smsCount' : 'messageCount') => $m->{parts}, mccMnc => text($m->{network}),
		callbackData => text(object(ContactKey => text($m->{who}{id}), JourneyName => text($m->{bulk}))),
		price => $group == 5 ? undef : object(pricePerMessage => $price{ ($channel // '') eq 'VIBER' ? 'VIBER' : $m->{who}{country} }, currency => text('EUR')),
		status => object(groupId => $group, groupName => text($groups{$group}), id => $id, name => text($name), description => text($words)),
		error => object(groupId => $error_group, groupName => text((qw(OK HANDSET_ERRORS USER_ERRORS OPERATOR_ERRORS))[$error_group]),
			id => $error, name => text($error_name), description => text(ucfirst lc($error_name =~ s/^EC_//r =~ s/_/ /gr)),
			permanent => $error_name =~ /UNKNOWN_SUB|BLOCKED|BLACKLISTED/ ? 'true' : 'false'),
		$old ? (entityId => text('promo')) : (platform => object(entityId => text('promo'), applicationId => text('marketing')))));
}

sub infobip_inbound
{
	my ($who, $at, $message, $keyword) = @_;

	post('infobip', $at, object(messageId => text(digits(18)), from => text($who->{number}),
		to => text($our_number{ $who->{country} }), text => text($message),
		cleanText => text($keyword ? '' : $message), keyword => $keyword && text($keyword), receivedAt => iso_offset($at, 0),
		smsCount => 1, price => object(pricePerMessage => 0, currency => text('EUR')), callbackData => 'null'));
}

# One message of a campaign, with what follows it.
sub infobip_message
{
	my ($bulk, $market, $rate, $who, $at, $viber, @links) = @_;
	my $french = $who->{country} eq 'FR';
	my $m = {
		bulk => $bulk, who => $who, at => $at, id => digits(20), parts => !$viber && chance(0.2) ? 2 : 1,
		network => $french ? pick(qw(20801 20810 20815 20820)) : pick(qw(23410 23415 23420 23433)) };
	my $outcome = $who->{gone} ? $unknown_number : chance($market eq 'uk' && trouble($at) ? 0.42 : 0.035) ? weighted(@failures) : $delivered;
	my $done = $at + around(4 * SECOND, 0.9);

	$done = $at + 48 * HOUR if $outcome =~ /^4 /;
	if ($viber)
	{
		# one message id, two channels: who has no Viber gets an SMS
		if (chance(0.62) && !$who->{gone})
		{
			infobip_report($m, $delivered, $done, 'VIBER');
			post('infobip', $done + around(40 * MINUTE, 1.2), object(event => text('SEEN'), channel => text('VIBER'), sender => text('LarchFern'),
				destination => text($who->{number}), sentAt => iso_offset($at, 0), seenAt => iso_offset($done + around(30 * MINUTE, 1.2), 0),
				bulkId => text($bulk), messageId => text($m->{id}))) if chance(0.7);
		}
		else
		{
			infobip_report($m, '2 9 UNDELIVERABLE_NOT_DELIVERED 1 7002 EC_UNKNOWN_USER', $at + 3 * SECOND, 'VIBER');
			infobip_report($m, $outcome, $done + 4 * SECOND, 'SMS');
		}
	}
	else
	{
		infobip_report($m, '1 7 PENDING_ENROUTE 0 0 NO_ERROR', $at + 400) if chance(0.15);
		infobip_report($m, '3 2 DELIVERED_TO_OPERATOR 0 0 NO_ERROR', $at + 900) if chance(0.06);
		infobip_report($m, $outcome, $done) unless chance(0.01);
	}
	return if $outcome ne $delivered;

	for my $click (clicks($who, $done, $rate, @links))
	{
		my ($type, $os, $device) = $click->[2] eq $who->{phone}[3] ? ('Phone', @{ $who->{phone} }[ 1, 2 ]) : ('Bot', 'Unknown', 'Spider');

		post('infobip', $click->[0], object(notificationType => text('CLICKED'), recipient => text($who->{number}),
			url => text("https://$market.shop.example/$page{$click->[1]}"), sendDateTime => $click->[0], messageId => text($m->{id}),
			bulkId => text($bulk), recipientInfo => object(deviceType => text($type), os => text($os), deviceName => text($device)),
			geoLocationInfo => object(countryName => text($french ? 'France' : 'United Kingdom')), applicationId => text('marketing')), 1);
	}
	if (chance(0.009))
	{
		my $time = $at + around(40 * MINUTE, 1);

		infobip_inbound($who, $time, $french ? pick('STOP', 'Stop', 'ARRET', 'STOP SMS') : pick('STOP', 'Stop', 'stop'), 'STOP');
		$who->{stopped}{eu} = $time;
	}
	elsif (chance(0.012))
	{
		infobip_inbound($who, $at + around(50 * MINUTE, 1), $french
			? pick('Merci !', 'Jusqu\'à quand ?', 'Oui', 'C\'est quel magasin ?', 'Super, à samedi')
			: pick('Thanks!', 'Until when?', 'Yes please', 'Which store is that?', 'Does it work online too?'));
	}
}

my @european_campaigns = (
	[ 'FR nouveautés', 'fr', 79, 1000, 0.06 ], [ 'FR semaine des membres', 'fr', 58, 1150, 0.09 ], [ 'FR vente privée', 'fr', 33, 1250, 0.12 ],
	[ 'FR derniers jours', 'fr', 12, 1100, 0.07 ], [ 'FR avant-première', 'fr', 1, 700, 0.08 ],
	[ 'UK weekend offer', 'uk', 73, 600, 0.08 ], [ 'UK members week', 'uk', 52, 650, 0.06 ], [ 'UK clearance', 'uk', 38, 650, 0.10 ],
	[ 'UK last call', 'uk', 10, 600, 0.05 ]);
for my $campaign (@european_campaigns)
{
	my ($bulk, $market, $days_ago, $size, $rate) = @$campaign;

	for my $who (some_of(rounded($size * $scale), @{ $people{$market} }))
	{
		# the campaign of the bad day is sent on it, whatever the weekday
		my $begin = $days_ago == 38 ? $midnight - 38 * DAY + 10 * HOUR : start($days_ago, $who->{zone});
		my $at = $begin + between(0, 2 * HOUR);

		next if $who->{stopped}{eu} && $who->{stopped}{eu} < $at;
		infobip_message($bulk, $market, $rate, $who, $at, 0, @sale);
	}
}
for my $days_ago (75, 45, 15)
{
	for my $who (some_of(rounded(450 * $scale), @{ $people{fr} }, @{ $people{uk} }))
	{
		my $at = start($days_ago, $who->{zone}) + 6 * HOUR + between(0, HOUR);

		next if $who->{stopped}{eu} && $who->{stopped}{eu} < $at;
		infobip_message('Loyalty points', $who->{country} eq 'FR' ? 'fr' : 'uk', 0.1, $who, $at, 1, 'Your points', 4, 'Shop now', 1);
	}
}

# ---------------------------------------------------------------- EngageLab

my %send_failed = (
	5011 => 'Invalid phone number', 5012 => 'Unreachable', 5013 => 'Blacklist', 5015 => 'Interception', 5018 => 'Phone malfunction',
	5020 => 'Not registered');

sub engagelab_status
{
	my ($m, $status, $at, @more) = @_;

	post('engagelab', $at, object(message_id => text($m->{id}), to => text("+$m->{who}{number}"), server => text('sms'), channel => text('sms'),
		itime => floor($at / 1000) + 1, custom_args => object(order_id => text($m->{order})),
		status => object(message_status => text($status),
			status_data => object(msg_time => floor($at / 1000), message_id => text($m->{id}), current_send_channel => text('CHANNEL_A'),
				template_key => text($m->{template}), business_id => text('1001')), @more)));
}

for my $days_ago (reverse 0 .. DAYS - 1)
{
	for (1 .. rounded(17 * $scale))
	{
		my $who = pick(@{ $people{far} });
		my $at = moment($days_ago, $who->{zone});
		my $m = { who => $who, id => digits(19), template => pick('order_notice', 'order_notice', 'price_drop'), order => 'ORDER' . digits(6) };
		my $done = $at + around(7 * SECOND, 1);
		my $code = $who->{gone} ? 5011 : weighted(5011, 1, 5012, 4, 5013, 2, 5015, 1, 5018, 5, 5020, 1);

		engagelab_status($m, 'plan', $at, error_code => 0);
		if (chance(0.012))
		{
			engagelab_status($m, 'sent_failed', $at + SECOND, error_code => 4001, error_detail => object(message => text('Invalid phone number')));
			next;
		}
		engagelab_status($m, 'sent', $at + SECOND, billing => object(cost => '0.0265', currency => text('USD')), error_code => 0);
		if ($who->{gone} || chance(0.05))
		{
			engagelab_status($m, 'delivered_failed', $done + SECOND, error_code => $code, error_detail => object(message => text($send_failed{$code})));
		}
		elsif (!chance(0.015))
		{
			engagelab_status($m, 'delivered', $done + SECOND, error_code => 0);
		}
		next unless chance(0.03);
		post('engagelab', $done + around(30 * MINUTE, 1), object(server => text('sms'), itime => floor(($done + around(30 * MINUTE, 1)) / 1000),
			message_id => text(0), business_id => text(0),
			response => object(event => text('uplink_message'), response_data => object(message_sid => text('SM' . digits(10)), account_sid => text('AC' . digits(10)),
				from => text("+$who->{number}"), to => text('+61491570006'), body => text(pick('STOP', 'OK', 'Thanks', 'When?', 'TD'))))));
	}
}

# The console's block list, exported now and then.
my @blocks = (
	[ 500, 'Empty', 30 * DAY ], [ 510, 'Out of service', HOUR ], [ 520, 'Blacklist', HOUR ], [ 530, 'Busy', 0 ],
	[ 540, 'No answer', 0 ], [ 550, 'Interception', HOUR ], [ 560, 'Break down', HOUR ], [ 570, 'Not in service', HOUR ],
	[ 580, 'Power off', 0 ], [ 590, 'Other', 0 ]);
for (1 .. rounded(90 * $scale))
{
	my ($code, $reason, $lasts) = @{ $blocks[ weighted(0, 9, map { ($_, 2) } 1 .. 9) ] };
	my $who = pick(@{ $people{far} });
	my $at = moment(between(0, 40), $who->{zone});

	post('engagelab', $at, object(mobile_number => text("+$who->{number}"), interception_time => floor($at / 1000),
		expiration_time => floor(($at + $lasts) / 1000), code => $code, reason => text("Send failed: $reason")));
}

# ---------------------------------------------------------------- Intercom

my @reasons = ('Unable to deliver to landline or unreachable carrier', 'Recipient number was unreachable', 'Recipient number was unreachable',
	'Recipient has unsubscribed from receiving messages', 'Carrier unable to process message at this time', "Recipient's country is unsupported");
my %contents = (55 => 'How was your visit?', 56 => 'Your return has arrived', 57 => 'Appointment confirmed');

sub intercom
{
	my ($m, $type, $at, @more) = @_;

	post('intercom', $at, object(type => text('notification_event'), topic => text('content_stat.sms'), id => text('notif_' . uuid()),
		app_id => text('lf7k2b9d'), created_at => floor($at / 1000) + 1, delivery_attempts => 1, first_sent_at => floor($at / 1000) + 2,
		data => object(type => text('notification_event_data'), item => object(type => text('content_stat.sms'), created_at => iso_z($at),
			content_stat => object(id => digits(9), content_type => text('sms'), content_id => $m->{content}, stat_type => text($type),
				ruleset_id => 29, content_title => text($contents{ $m->{content} }), ruleset_version_id => 301, receipt_id => $m->{id}, @more),
			contact => object(type => text('contact'), id => text($m->{who}{id}), phone => text("+$m->{who}{number}"))))));
}

for (1 .. rounded(1000 * $scale))
{
	my $who = pick(@{ $people{us} });
	my $at = moment(between(0, DAYS - 1), $who->{zone});
	my $m = { who => $who, id => digits(9), content => weighted(55, 5, 56, 3, 57, 2) };

	intercom($m, 'receipt', $at);
	if (chance(0.05)) { intercom($m, 'sms_failure', $at + around(5 * SECOND, 1), reason => text(pick(@reasons))) }
	elsif (chance($m->{content} == 55 ? 0.2 : 0.03))
	{
		intercom($m, 'keyword_reply', $at + around(15 * MINUTE, 1), keyword => text(weighted('GREAT', 6, 'OK', 3, 'BAD', 1)));
	}
	elsif (chance(0.01)) { intercom($m, 'unsubscribe', $at + around(10 * MINUTE, 1)) }
}

# ---------------------------------------------------------------- AWS, Twilio

sub aws
{
	my ($m, $status, $at, $final, $description) = @_;

	post('aws', $at, object(eventType => text("TEXT_$status"), eventVersion => text('1.0'), eventTimestamp => $at, isFinal => $final,
		originationPhoneNumber => text('+12065550152'), destinationPhoneNumber => text("+$m->{who}{number}"), isoCountryCode => text($m->{who}{country}),
		messageId => text($m->{id}), messageRequestTimestamp => $m->{at}, messageEncoding => text('GSM'), messageType => text('TRANSACTIONAL'),
		messageStatus => text($status), messageStatusDescription => text($description),
		totalMessageParts => $m->{parts}, totalMessagePrice => sprintf('%.5f', 0.00883 * $m->{parts}), totalCarrierFee => '0.00266'));
}

for (1 .. rounded(1000 * $scale))
{
	my $who = pick(@{ $people{us} });
	my $at = moment(between(0, DAYS - 1), $who->{zone});
	my $m = { who => $who, at => $at, id => uuid(), parts => weighted(1, 4, 2, 1) };
	my $done = $at + around(4 * SECOND, 1);

	aws($m, 'PENDING', $at + 300, 'false', 'Message is pending');
	if ($who->{gone}) { aws($m, 'INVALID', $done, 'true', 'Phone number is invalid') }
	elsif (chance(0.03)) { aws($m, pick(qw(UNREACHABLE CARRIER_UNREACHABLE BLOCKED SPAM)), $done, 'true', 'Message could not be delivered') }
	elsif (chance(0.02)) { aws($m, 'UNKNOWN', $at + 72 * HOUR, 'true', 'No report from the carrier') }
	else { aws($m, 'DELIVERED', $done, 'true', 'Message has been accepted by phone') }
}

# Twilio's callbacks have no clock: they happened when they are loaded.  So
# there are only the login codes of the last minutes.
for (1 .. rounded(40 * $scale))
{
	my $who = pick(@{ $people{us} });
	my $sid = 'SM' . hex_id(32);
	my $at = $end - between(3 * MINUTE, 20 * MINUTE);
	my $last = $who->{gone} ? 'undelivered' : weighted(delivered => 14, undelivered => 1, sent => 1);

	for my $status ('sent', $last eq 'sent' ? () : $last)
	{
		$at += 4 * SECOND;
		post('twilio', $at, object(SmsSid => text($sid), SmsStatus => text($status), MessageStatus => text($status), To => text("+$who->{number}"),
			MessageSid => text($sid), AccountSid => text('AC' . '0' x 31 . '1'), From => text('+12025550143'), ApiVersion => text('2010-04-01'),
			ErrorCode => $status eq 'undelivered' ? text(pick(30003, 30005, 30006, 21610)) : undef));
	}
}

# ---------------------------------------------------------------- noise

# What every receiver gets now and then: no engagement, or not understood.
my @noise = (
	[ 'salesforce_ens', 80, '{"callbackId":"08b67f0e-5be8-4673-97e9-682c133f778c","verificationKey":"a1b2c3d4e5f60718293a4b5c6d7e8f90"}' ],
	[ 'salesforce_ens', 61, '[{"eventCategoryType":"TransactionalSendEvents.SmsDelivered","compositeId":"api.x","mid":7001001,"info":{"to":"12025550100"}}]' ],
	[ 'salesforce_ens', 44, '[{"eventCategoryType":"TransactionalSendEvents.SmsDeliv' ],
	[ 'salesforce_dmo', 52, '[{"EventID":"ev-odd","EventType":"OPEN","EventDateTime":"2026-01-01T00:00:00Z"}]' ],
	[ 'infobip', 35, '<html><head><title>502 Bad Gateway</title></head></html>' ],
	[ 'infobip', 20, '{"results":[{"to":"33639980000","status":{"groupId":3,"id":5}}]}' ],
	[ 'engagelab', 70, '{}' ],
	[ 'engagelab', 22, '{"total":1,"rows":[{"server":"sms","itime":1712458844,"notification":{"event":"insufficient_balance","notification_data":{"remain_balance":-0.005}}}]}' ]);
for my $noise (@noise)
{
	my ($provider, $days_ago, $payload) = @$noise;

	push @{ $posts{$provider} }, [ $midnight - $days_ago * DAY, $payload, 1 ];
}

write_posts($_) for sort keys %posts;
