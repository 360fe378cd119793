# A psql that lasts: one statement after the other, and whether the server
# survived it.
package HammerSession;

use strict;
use warnings;
use IO::Select;
use IPC::Open3;

# Seconds after which a statement does not answer any more; the server ends
# what asks for interrupts long before.
our $patience = 180;

my $statements = 0;

sub new
{
	my ($class, %self) = @_;
	return bless {%self}, $class;
}

# Starts psql, once the server lets it in.
sub open_psql
{
	my ($self) = @_;
	my ($to, $from);

	foreach (1 .. 120)
	{
		# VERBOSITY: with the code of an error, and where in the source it was raised
		my $pid = open3($to, $from, undef, 'psql', '-XAtq', '-v', 'VERBOSITY=verbose', '-U', $self->{role}, '-d', $self->{database});
		@$self{qw(pid to from)} = ($pid, $to, $from);
		my $answer = $self->send_statement('SELECT pg_backend_pid()');
		($self->{backend}) = $answer->{output} =~ /^(\d+)$/m;
		$answer = $self->send_statement($self->{settings}) if $self->{backend} && $self->{settings};
		return if $self->{backend} && !$answer->{lost};
		$self->close_psql;
		sleep 1;
	}
	die "the server does not come back\n";
}

sub close_psql
{
	my ($self) = @_;

	return if !$self->{pid};
	close $self->{to};
	close $self->{from};
	waitpid $self->{pid}, 0;
	delete $self->{pid};
	return;
}

# What the server says; lost: it did not survive; late: it does not answer.
sub send_statement
{
	my ($self, $sql) = @_;
	my $end = 'end of statement ' . ++$statements;
	my $output = '';
	my $select = IO::Select->new($self->{from});
	my %answer;

	local $SIG{PIPE} = 'IGNORE';
	print { $self->{to} } "$sql\n;\n\\echo $end\n";
	$self->{to}->flush;
	until ($output =~ /^\Q$end\E$/m)
	{
		if (!$select->can_read($patience)) { $answer{late} = 1; last; }
		my $n = sysread $self->{from}, $output, 65536, length $output;
		if (!$n) { $answer{lost} = 1; last; }
	}
	# aborted, the process says where it is
	kill 'ABRT', $self->{backend} if $answer{late} && $self->{backend};
	$self->close_psql if $answer{late} || $answer{lost};
	$output =~ s/^\Q$end\E\n//m;
	$answer{output} = $output;
	$answer{errors} = [ $output =~ /^(?:psql:.*?: )?(?:ERROR|FATAL|PANIC):  (\w{5}: .*)/mg ];
	$answer{lost} = 1 if $output =~ /^(?:psql:.*?: )?FATAL:  57P0[12]/m;
	return \%answer;
}

sub run
{
	my ($self, $sql) = @_;

	$self->open_psql if !$self->{pid};
	return $self->send_statement($sql);
}

1;
