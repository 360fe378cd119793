# Hammers a sanitized server (run.sh starts it): every C function and aggregate
# of the catalogue with arguments of all kinds, and deliveries into a store,
# whose doctor() must find nothing.
#
#   hammer.pl FOLDER SECONDS [SEED]
#
# FOLDER is that of the server: its sockets, the sanitizers' reports, the tree.
# Prints each place of a fault once, with the report and the statement; ends
# with 1 if there was one.
use strict;
use warnings;

use HammerCalls qw(read_catalogue prepare_statements call_statements binary_statements);
use HammerFeed qw(load_samples);
use HammerIngest qw(store_statements delivery);
use HammerSession;
use HammerValues qw(chance);

my ($folder, $seconds, $seed) = @ARGV;
$seed //= time % 1_000_000;
srand($seed);
$| = 1;

my $settings = "SET statement_timeout = '20s'; SET lock_timeout = '1s'; SET client_min_messages = error";
my %sessions = (
	admin => HammerSession->new(database => 'postgres', role => 'postgres'),
	caller => HammerSession->new(database => 'calls', role => 'hammer_owner', settings => "$settings; SET work_mem = '1MB'; SET max_parallel_workers_per_gather = 0"),
	owner => HammerSession->new(database => 'store', role => 'hammer_owner', settings => $settings),
	second => HammerSession->new(database => 'store', role => 'hammer_owner', settings => $settings),
	feed => HammerSession->new(database => 'store', role => 'hammer_feed', settings => $settings));

my ($statements, $deliveries, $faults) = (0, 0, 0);
# by place and by message
my (%seen, %odd);

# What the sanitizers have written since the last look
sub report
{
	my $text = '';

	foreach my $wait (1 .. 20)
	{
		foreach my $file (sort glob("$folder/report.*"))
		{
			open my $in, '<:raw', $file or next;
			local $/ = undef;
			$text .= <$in> // '';
			unlink $file;
		}
		# the process may still be writing
		last if $text =~ /ABORTING|SUMMARY/;
		select undef, undef, undef, 0.25;
	}
	return $text;
}

# What the server has written since the last look, as far as it is about faults
my $log_read = 0;

sub last_words
{
	open my $in, '<:raw', "$folder/server.log" or return '';
	seek $in, $log_read, 0;
	my @lines = grep { /runtime error|LOG:  server process .*(?:terminated|exited)|PANIC/ } <$in>;
	$log_read = tell $in;
	return join '', @lines;
}

# A fault: told in full for the first time at its place
sub fault
{
	my ($what, $sql) = @_;
	my $log = last_words();
	my $report = $log =~ /runtime error/ ? $log : report() || $log;
	my ($place) = $report =~ m{\b(src/\w\S*?:\d+)};

	$place //= $what;
	$faults++;
	return if $seen{$place}++;
	print "\n=== fault at $place (seed $seed, statement $statements): $what\n";
	print join("\n", grep { defined } (split /\n/, $report)[ 0 .. 44 ], ''), "\n";
	print 'statement: ', length $sql > 4000 ? substr($sql, 0, 4000) . ' ... (' . length($sql) . ' characters)' : $sql, "\n";
	return;
}

# A statement in one of the sessions; its answer
sub run
{
	my ($name, $sql) = @_;
	my $answer = $sessions{$name}->run($sql);

	$statements++;
	if ($answer->{late} || $answer->{lost})
	{
		fault($answer->{late} ? "no answer for $HammerSession::patience seconds" : 'the server process ended', $sql);
		# it takes the others with it
		$_->close_psql foreach values %sessions;
	}
	# "cannot happen" did
	foreach my $message (map { /^XX\d\d\d: (.*)/ } @{ $answer->{errors} })
	{
		$odd{$message} //= $sql;
	}
	return $answer;
}

# The same where an error is one, too
sub must
{
	my ($name, $sql) = @_;
	my $answer = run($name, $sql);

	die "$sql\n$answer->{output}" if @{ $answer->{errors} } || $answer->{lost};
	return $answer->{output};
}

# What a delivery may be refused for: locks and snapshots, and what follows
my %usual = map { $_ => 1 } qw(40001 40P01 55P03 57014 25P02 0A000 3B001);

sub deliver
{
	foreach my $step (delivery())
	{
		my ($name, $sql, $refusals) = @$step;
		my $answer = run($name, $sql);
		my @unusual = grep { my $code = substr $_, 0, 5; !$usual{$code} && ($refusals // '') !~ $code } @{ $answer->{errors} };

		fault("a delivery is an error: $unusual[0]", $sql) if @unusual && !$answer->{lost};
	}
	$deliveries++;
	return;
}

# Whether it finds nothing
sub ask_doctor
{
	my $answer = run('owner', "SET statement_timeout = 0; SELECT * FROM smsengage.doctor(); SET statement_timeout = '20s'");

	return 1 if $answer->{output} eq '';
	fault("doctor() finds something after $deliveries deliveries", $answer->{output});
	return 0;
}

sub prepare
{
	must('admin', $_) foreach (
		'CREATE ROLE hammer_owner LOGIN', 'CREATE ROLE hammer_feed LOGIN', 'GRANT pg_read_server_files TO hammer_owner',
		'CREATE DATABASE calls OWNER hammer_owner', 'CREATE DATABASE store OWNER hammer_owner');
	load_samples("$folder/tree/contrib/samples");
	must('owner', $_) foreach store_statements();
	must('caller', $_) foreach ('CREATE EXTENSION smsengage', 'SELECT smsengage.create_store()');
	print "$seconds seconds, seed $seed: ", read_catalogue($sessions{caller}, "$folder/tree/test"), "\n";
	must('caller', $_) foreach prepare_statements();
	must('caller', "SELECT smsengage.ingest('native', '[{\"event_type\":\"CLICK\",\"event_time\":\"2025-05-01T10:00:00Z\",\"individual_id\":\"p1\",\"recipient\":\"+12025550101\"},{\"event_type\":\"SENT\",\"event_time\":\"2025-05-01T10:00:00Z\",\"message_id\":\"m1\",\"individual_id\":\"p2\"}]')");
	return;
}

my $end = time + $seconds;
prepare();
while (time < $end)
{
	if (chance(0.15))
	{
		deliver();
		if ($deliveries % 200 == 0) { ask_doctor() or run('owner', 'CALL smsengage.rebuild()'); }
	}
	elsif (chance(0.05)) { run('caller', $_) foreach binary_statements($sessions{caller}, "$folder/copy"); }
	else { run('caller', $_) foreach call_statements(); }
}
run('owner', 'CALL smsengage.drain_inbox()');
ask_doctor();
$_->close_psql foreach values %sessions;

print "\nerrors that should not be possible (no faults of memory):\n", map({ "    $_\n" } sort keys %odd) if %odd;
print "\n$statements statements, $deliveries deliveries, seed $seed: ", $faults ? "$faults faults at " . keys(%seen) . " places" : 'no fault', "\n";
exit($faults ? 1 : 0);
