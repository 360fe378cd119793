# Housekeeping by pg_cron, as the manual says: the job runs in the store's
# database and commits as it goes.  Skipped where pg_cron is not installed
# (sh test/prepare.sh cron).
use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('cron');
$node->init;
my $share = $node->config_data('--sharedir');
plan skip_all => 'pg_cron is not installed' unless -e "$share/extension/pg_cron.control";

my $socket = $node->host;
$node->append_conf('postgresql.conf', <<"CONF");
shared_preload_libraries = 'pg_cron'
cron.database_name = 'postgres'
cron.host = '$socket'
CONF
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION pg_cron; CREATE DATABASE shop');
$node->safe_psql('shop', <<'SQL');
CREATE EXTENSION smsengage;
SELECT smsengage.create_store();
SELECT smsengage.ingest('native', '[{"event_type":"CLICK","event_id":"1","event_time":"2025-01-15T10:00:00Z","recipient":"+12025550101"},
	{"event_type":"CLICK","event_id":"2","event_time":"2026-03-01T10:00:00Z","recipient":"+12025550101"}]');
SELECT smsengage.inbox('native', '{"event_type":"CLICK","event_id":"3","event_time":"2026-03-01T11:00:00Z","recipient":"+12025550102"}'::text);
INSERT INTO smsengage.retention (account, keep) SELECT '*', now() - '2025-06-01';
SQL

# the recipe, every minute
my ($schedule) = slurp_file('doc/operations.md') =~ /^(SELECT cron\.schedule_in_database\('smsengage', .*?;)$/ms or die 'the manual has no recipe';
$node->safe_psql('postgres', $schedule =~ s{\*/15 }{* }r);
$node->safe_psql('postgres', "SELECT cron.schedule_in_database('inbox', '* * * * *', 'CALL smsengage.drain_inbox()', 'shop')");
$node->poll_query_until('postgres', "SELECT count(DISTINCT j.jobname) = 2 FROM cron.job_run_details r JOIN cron.job j USING (jobid) WHERE r.status IN ('succeeded', 'failed')")
  or die 'the jobs did not run';
is($node->safe_psql('postgres', "SELECT DISTINCT j.jobname, r.status FROM cron.job_run_details r JOIN cron.job j USING (jobid) WHERE r.status IN ('succeeded', 'failed') ORDER BY 1"),
	"inbox|succeeded\nsmsengage|succeeded", 'both jobs have run')
  or diag($node->safe_psql('postgres', 'SELECT * FROM cron.job_run_details'));
$node->safe_psql('postgres', 'SELECT cron.unschedule(jobid) FROM cron.job');
is($node->safe_psql('shop', 'SELECT count(*) FROM smsengage.event WHERE event_time < \'2025-06-01\''), '0', 'what is no longer kept is gone');
is($node->safe_psql('shop', "SELECT to_regclass('smsengage.event_2025_01') IS NULL AND to_regclass('smsengage.event_' || to_char(now() + interval '2 months', 'YYYY_MM')) IS NOT NULL"),
	't', 'old months are dropped, new ones made');
is($node->safe_psql('shop', "SELECT count(*) FROM smsengage.engagement_tally WHERE level = 0 AND cell_start < '2026-03-01 10:30Z'"), '0', 'tallies are folded');
is($node->safe_psql('shop', 'SELECT count(*) FROM smsengage.inbox'), '0', 'the inbox is empty');
is($node->safe_psql('shop', 'SELECT * FROM smsengage.doctor()'), '', 'doctor() finds nothing');

$node->stop;
done_testing();
