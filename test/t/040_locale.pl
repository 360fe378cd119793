# Keywords give the same answers whatever the database's locale: C, and Turkish,
# where the lower case of I is not i.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::RealBin/../perl";

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use StoreTest ();
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '-E', 'UTF8', '--no-locale' ]);
$node->start;

# Turkish by ICU and by the C library, where the machine has it.
my %made = (c => 'plain');
$node->safe_psql('postgres', "CREATE DATABASE plain TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'");
for my $try (
	[ icu => "LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR' LOCALE 'C'" ],
	[ libc => "LOCALE 'tr_TR.UTF-8'" ])
{
	my ($name, $options) = @$try;
	my ($code) = $node->psql('postgres', "CREATE DATABASE turkish_$name TEMPLATE template0 ENCODING 'UTF8' $options");
	$made{$name} = "turkish_$name" if $code == 0;
}
my @turkish = grep { $_ ne 'c' } sort keys %made;

my $questions = q{
	SELECT string_agg(concat_ws('|', m, smsengage.keyword_action(m, '22000', '2025-01-02Z', 'acme'), smsengage.fold_keyword(m),
		smsengage.match_keyword(m, true), (SELECT array_to_string(c.reasons, ',') FROM smsengage.can_send('+12025550100', 'acme', '22000', m, at => '2025-01-02Z') c)), E'\n' ORDER BY n)
	FROM unnest(ARRAY['quit', 'QUIT', 'QUİT', 'quıt', 'info', 'INFO', 'İNFO', 'ınfo', 'unsubscribe', 'UNSUBSCRIBE', 'bilgi', 'BİLGİ', 'BILGI', 'iptal', 'IPTAL', 'İPTAL', 'Stop it!', 'tıkla']) WITH ORDINALITY u(m, n)
};
my %answers;
for my $name (sort keys %made)
{
	$node->safe_psql($made{$name}, q{
		CREATE EXTENSION smsengage;
		SELECT smsengage.create_store();
		INSERT INTO smsengage.keyword (account, sender, keyword, action, reply_group) VALUES ('acme', '22000', 'BILGI', 'REPLY', 'info'), ('', '', 'IPTAL', 'STOP', NULL), ('', '', 'İPTAL', 'STOP', NULL);
		INSERT INTO smsengage.content_rule (rule, kind, pattern) VALUES ('a', 'contains', 'QUI'), ('b', 'word', 'info'), ('c', 'regex', '^t.kla$');
	});
	$answers{$name} = $node->safe_psql($made{$name}, $questions);
}

like($answers{c}, qr/^quit\|STOP\|QUIT\|/m, 'an ASCII keyword is recognised');
like($answers{c}, qr/^bilgi\|info\|BILGI\|/m, 'an own keyword is recognised');
like($answers{c}, qr/^QU\xc4\xb0T\|STOP\|QUIT\|/m, 'a dotted capital is the letter that is meant');
SKIP:
{
	skip 'no Turkish locale on this machine', 1 if !@turkish;
	isnt($node->safe_psql($made{ $turkish[0] }, "SELECT upper('i')"), 'I', 'the Turkish database is Turkish indeed');
}
is($answers{$_}, $answers{c}, "Turkish by $_ answers as C does") foreach @turkish;

StoreTest::all_sound($node);
$node->stop;
done_testing();
