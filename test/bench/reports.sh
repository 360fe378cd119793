#!/bin/sh
#
# Each report beside the plain SQL over event that gives the same numbers, on
# 20 million events (MESSAGES=... for another number: 2.14 events each).
# Prints one table; times in milliseconds, the best of three (plain SQL: of
# one).  Needs about 20 GB of disk and an hour.
#
set -eu
cd "$(dirname "$0")/../.."
. test/server.sh

sh test/prepare.sh build
room_open
tree_lock
stage
cp test/bench/reports_load.sql test/bench/reports_plain.sql "$room"
tree_unlock
[ -z "$as" ] || chown -R "$CHECK_USER:" "$room"
server_start 'shared_buffers = 2GB' 'max_wal_size = 16GB' 'checkpoint_timeout = 1h' \
	'work_mem = 128MB' 'maintenance_work_mem = 1GB' 'jit = off' 'wal_level = minimal' 'max_wal_senders = 0'

sql()
{
	run psql -XAtq -v ON_ERROR_STOP=1 "$@"
}

# ms SQL: how long it takes
ms()
{
	sql -c '\timing on' -c '\o /dev/null' -c "$1" | sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p'
}

best()
{
	for i in 1 2 3; do ms "$1"; done | sort -n | head -n 1
}

sql -c 'CREATE EXTENSION smsengage'
sql -v messages="${MESSAGES:-9350000}" -f "$room/reports_load.sql"
sql -f "$room/reports_plain.sql"
echo "$(sql -c 'SELECT count(*) FROM smsengage.event') events, $(sql -c 'SELECT count(*) FROM smsengage.message') messages"
printf '%-34s %12s %12s %8s  %s\n' report 'report, ms' 'plain, ms' ratio 'same numbers'

# compare NAME REPORT PLAIN
compare()
{
	report=$(best "$2")
	plain=$(ms "$3")
	same=$(sql -c "SELECT CASE WHEN NOT EXISTS (($2) EXCEPT ALL ($3)) AND NOT EXISTS (($3) EXCEPT ALL ($2)) THEN 'yes' ELSE 'NO' END")
	printf '%-34s %12.1f %12.1f %8.0f  %s\n' "$1" "$report" "$plain" "$(awk "BEGIN { print $plain / $report }")" "$same"
}

period="since => '2026-01-01', until => '2026-03-12', at => '2026-06-01'"
compare 'daily' "SELECT day, sent, delivered, failed, expired, unknown, clicks, unique_clickers, replies, unsubscribes FROM smsengage.daily_report($period, human => false)" \
	'SELECT day::date, coalesce(sent, 0), coalesce(delivered, 0), coalesce(failed, 0), coalesce(expired, 0), coalesce(unknown, 0), coalesce(clicks, 0), coalesce(clickers, 0), coalesce(replies, 0), coalesce(unsubscribes, 0) FROM plain.daily'
compare 'campaign' "SELECT bulk_message, sent, delivered, failed, expired, unknown, clicks, unique_clickers, replies, unsubscribes FROM smsengage.campaign_report($period, human => false) WHERE bulk_message IS NOT NULL" \
	'SELECT * FROM plain.campaign'
compare 'link' "SELECT link_name, clicks, unique_clickers FROM smsengage.link_report($period, human => false)" 'SELECT * FROM plain.link'
compare 'sender' "SELECT sender_id, sent, delivered FROM smsengage.sender_report($period)" 'SELECT * FROM plain.sender'
compare 'cost' "SELECT price_currency, sent, cost, wasted_cost FROM smsengage.cost_report($period)" 'SELECT * FROM plain.cost'

# no plain SQL stands beside these: they read clicks, answers or messages themselves
for report in "daily_report('Asia/Kathmandu', '2026-01-01', '2026-03-12', human => false)" "daily_report('Europe/Berlin', '2026-01-01', '2026-03-12', human => false)" \
	"daily_report($period)" "campaign_report($period)" "link_report($period)" "engagement_report('2026-01-01', '2026-03-12')" \
	"click_hours('2026-01-01', '2026-03-12', 'Asia/Kathmandu')" "time_to_deliver('2026-01-01', '2026-03-12')"; do
	printf '%-90s %12.1f\n' "$report" "$(best "SELECT * FROM smsengage.$report")"
done
