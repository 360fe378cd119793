# Stores of two accounts, shop and bank, whose people, numbers and texts meet
# wherever they can; and a value for each argument of the catalogue's functions.
package TenantStore;

use strict;
use warnings;
use Exporter qw(import);
use JSON::PP ();
use StoreData;

our @EXPORT_OK = qw(quoted);

our %value = (
	recipient => "'+12025550102'", recipients => "ARRAY['+12025550101', '+12025550102', '+12025550103']", for_recipient => "'+12025550101'",
	individual_id => "'+12025550101'", individual_no => '3', rule => "'click >= 1'", a => "'click'", b => "'reply or not sent'", audience => "'click'",
	at => "'2025-07-01 00:00Z'", since => "'2025-01-01 00:00Z'", until => "'2025-07-01 00:00Z'", blocked_at => "'2025-03-01 00:00Z'", from_time => "'2025-01-01 00:00Z'",
	attribution => "'4 hours'", zone => "'Europe/Berlin'", unified => 'true', human => 'true', sender => "'55501'", message_text => "'bank stop'", purpose => "'marketing'",
	max_characters => '160', code => '530', block_interval => "'30 days'", scope => "'global'", message_id => "'m3'", breakdown => "''", no => '1',
	message_count => '1', unit => "'minute'", which => 'NULL', provider => "'native'", payload => q('{"event_type":"CLICK","event_id":"z"}'), name => "'mine'",
	description => "'x'", reasons => "ARRAY['blocked']", reason => "'x'", evidence => "'x'", subscribed => 'true', reach => "'account'", wanted => "'UNSUBSCRIBED'", valid_from => "'2025-07-01 00:00Z'", chunk => '0',
	dimension => "'link_name'", force => 'true', keep_sums => 'false', role_name => "'shop_reader'", kind => "'read'", part => "'block'", source => "'pg_class'", payload_column => "'relname'", names => "'{Sale}'",
	resume => 'false', batch_rows => '10', batch_bytes => '1000', max_rows => '10', bounds => "ARRAY['2025-01-01 00:00Z', '2025-07-01 00:00Z']::timestamptz[]",
	global_blocks => 'true', number => "'+12025550102'", numbers => "ARRAY['+12025550101', '+12025550102', '+12025550103']", for_account => "'shop'",
	said => "'2025-03-01 00:00Z'", our_account => "'shop'", our_sender => "'55501'", opted_out_of => "'55501'", our_purpose => "'marketing'", accounts => "ARRAY['shop']", asked => "'shop'", scoped => 'false', few => 'true', unseen => 'true', growing => 'true',
	confirmation => 'false', word => "'stop'");

my $json = JSON::PP->new->canonical;

sub quoted { return "'" . ($_[0] =~ s/'/''/gr) . "'"; }

# The events of each account in payloads of its own, random
sub new
{
	my ($class) = @_;
	my $self = bless { shop => [], bank => [] }, $class;

	foreach my $payload (StoreData::payloads(6, 60))
	{
		my $events = $json->decode($payload);
		foreach my $account ('shop', 'bank')
		{
			push @{ $self->{$account} }, $json->encode([ grep { ($_->{account} // '') eq $account } @$events ]);
		}
	}
	return $self;
}

# Two business units of one enterprise, with the same subscribers; and events
# of each account that name the people of the other one, as who may write
# without a given account can say it.
sub crossing
{
	my ($account) = @_;
	my $other = $account eq 'shop' ? 'bank' : 'shop';
	my $n = $account eq 'shop' ? 1 : 2;
	my $day = $account eq 'shop' ? '2025-03-01' : '2025-06-20';
	my @events;

	foreach my $person (0 .. 9)
	{
		push @events, { event_type => 'HELP', event_time => "${day}T11:00:0${person}Z", event_id => "cross-$person", account => $account,
			scope => "native/$other", individual_id => "$other-$person", recipient => "+1202555017$person" };
	}
	# who is whom, by this account
	push @events, map { { event_type => 'LINK', event_time => '2025-02-01T00:00:00Z', account => $account, %$_ } }
		{ scope => "native/$account", individual_id => "$account-1", other_individual_id => "$account-2" },
		{ scope => "native/$other", individual_id => "$other-3", other_individual_id => "$other-4" },
		{ scope => 'salesforce_ens/9', individual_id => 'gus', other_individual_id => $account eq 'shop' ? 'ann' : 'zoe' },
		{ scope => 'salesforce_ens/9', individual_id => 'bob', other_scope => "native/$other", other_individual_id => "$other-5" };
	my @notices = map { {
		eventCategoryType => 'TransactionalSendEvents.SmsSent', timestampUTC => 1740787200000 + $n * 86400000, compositeId => "c-$account-$_", mid => $account, eid => '9',
		definitionKey => 'welcome', info => { to => sprintf('120255501%d%d', 4 + $n, $_), subscriberKey => (qw(gus ann bob zoe))[$_], messageKey => "k-$_", statusCode => 2000 }
	} } 0 .. 3;
	# the click of a subscriber comes from somewhere else
	push @events, { event_type => 'CLICK', event_time => "2025-06-2${n}T10:00:00Z", event_id => 'gus-click', account => $account, scope => 'salesforce_ens/9', individual_id => 'gus', link_name => 'buy' };
	# one failure of this code blocks the number for every account
	push @events, { event_type => 'UNDELIVERED', event_time => "2025-06-2${n}T10:00:00Z", event_id => 'fails', account => $account, recipient => $n == 1 ? '+12025550103' : '+12025550102',
		message_id => 'fails', error_code => '500' };
	return ($json->encode(\@events), $json->encode(\@notices));
}

# What brings an account's data into a store, with the same numbers and the same
# garbage for both: a list of statements.
sub statements
{
	my ($self, $account) = @_;
	my ($events, $notices) = crossing($account);

	return (
		(map { "SELECT smsengage.ingest('native', " . quoted($_) . ');' } @{ $self->{$account} }),
		"SELECT smsengage.ingest('native', '{\"event_type\":\"NONSENSE\",\"event_id\":\"1\"}', '$account');",
		"SELECT smsengage.ingest('salesforce_ens', '{\"eventCategoryType\":\"unheard.of\"}', '$account');",
		"SELECT smsengage.ingest('native', " . quoted($events) . ');',
		"SELECT smsengage.ingest('salesforce_ens', " . quoted($notices) . ');',
		"SELECT smsengage.add_block('+12025550101', 530, '$account', '2025-03-01 00:00Z', 'asked $account');",
		"SELECT smsengage.record_consent('+12025550102', false, '$account', '55501', '2025-03-01 00:00Z', 'told $account on the phone');",
		"SELECT smsengage.inbox('native', '{\"a\":\"$account\"}'::text, '$account');",
		"SELECT smsengage.save_segment('$account fans', 'click >= 1', 'of $account', '$account');",
		"INSERT INTO smsengage.keyword (account, keyword, valid_from, action) VALUES ('$account', smsengage.fold_keyword('$account stop'), '2020-01-01', 'STOP');",
		"INSERT INTO smsengage.frequency_cap (account, purpose, max_messages, period) VALUES ('$account', 'marketing', 1, '1 day');");
}

1;
