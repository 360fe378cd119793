#!/bin/sh
#
# Each report beside the plain SQL over event that gives the same numbers, on
# 20 million events (MESSAGES=... for another number: 2.14 events each).
# Says what it is at; then one table, in milliseconds: the median of three for
# reports, one run for plain SQL.  Needs about 20 GB of disk.
#
set -eu
cd "$(dirname "$0")/../.."
. test/server.sh
: "${MESSAGES:=9350000}"

sh test/prepare.sh build
room_open
tree_lock
stage
cp test/bench/reports_*.sql "$room"
tree_unlock
[ -z "$as" ] || chown -R "$CHECK_USER:" "$room"
server_start 'shared_buffers = 2GB' 'max_wal_size = 16GB' 'checkpoint_timeout = 1h' \
	'work_mem = 128MB' 'maintenance_work_mem = 1GB' 'jit = off' 'wal_level = minimal' 'max_wal_senders = 0'

begin=$(date +%s)
say()
{
	echo "$(($(date +%s) - begin)) s: $*" >&2
}

sql()
{
	run psql -XAtq -v ON_ERROR_STOP=1 "$@"
}

# ms TABLE QUERY: how long the query takes whose rows the table then has
ms()
{
	sql -c "DROP TABLE IF EXISTS $1" -c '\timing on' -c "CREATE UNLOGGED TABLE $1 AS $2" |
		sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p'
}

median()
{
	for i in 1 2 3; do ms found "$1"; done | sort -n | sed -n 2p
}

sql -c 'CREATE EXTENSION smsengage'
say "events of $MESSAGES messages"
sql -f "$room/reports_load.sql"
# two halves at once
half=$((MESSAGES / 2))
sql -c "CALL public.add_events(0, $half - 1)" &
other=$!
sql -c "CALL public.add_events($half, $MESSAGES - 1)"
wait $other
say "what follows from them"
sql -f "$room/reports_finish.sql" >&2
sql -f "$room/reports_plain.sql"
say "$(sql -c 'SELECT count(*) FROM smsengage.event') events, $(sql -c 'SELECT count(*) FROM smsengage.message') messages"

table=$room/table
printf '%-34s %12s %12s %8s  %s\n' report 'report, ms' 'plain, ms' ratio 'same numbers' > "$table"

# compare NAME REPORT PLAIN
compare()
{
	say "$1"
	report=$(median "$2")
	plain=$(ms wanted "$3")
	same=$(sql -c "SELECT CASE WHEN NOT EXISTS (TABLE found EXCEPT ALL TABLE wanted) AND NOT EXISTS (TABLE wanted EXCEPT ALL TABLE found) THEN 'yes' ELSE 'NO' END")
	printf '%-34s %12.1f %12.1f %8.0f  %s\n' "$1" "$report" "$plain" "$(awk "BEGIN { print $plain / $report }")" "$same" >> "$table"
}

period="since => '2026-01-01', until => '2026-03-14', at => '2026-06-01'"
compare 'daily' "SELECT day, sent, delivered, failed, expired, unknown, clicks, unique_clickers, replies, unsubscribes FROM smsengage.daily_report($period, human => false)" \
	'SELECT day::date, coalesce(sent, 0) AS sent, coalesce(delivered, 0) AS delivered, coalesce(failed, 0) AS failed, coalesce(expired, 0) AS expired, coalesce(unknown, 0) AS unknown, coalesce(clicks, 0) AS clicks, coalesce(clickers, 0) AS clickers, coalesce(replies, 0) AS replies, coalesce(unsubscribes, 0) AS unsubscribes FROM plain.daily'
compare 'campaign' "SELECT bulk_message, sent, delivered, failed, expired, unknown, clicks, unique_clickers, replies, unsubscribes FROM smsengage.campaign_report($period, human => false) WHERE bulk_message IS NOT NULL" \
	'SELECT * FROM plain.campaign'
compare 'link' "SELECT link_name, clicks, unique_clickers FROM smsengage.link_report($period, human => false)" 'SELECT * FROM plain.link'
compare 'sender' "SELECT sender_id, sent, delivered FROM smsengage.sender_report($period)" 'SELECT * FROM plain.sender'
compare 'daily, human clicks' "SELECT day, sent, delivered, clicks, human_clicks, human_clickers FROM smsengage.daily_report($period)" \
	'SELECT day::date, coalesce(sent, 0) AS sent, coalesce(delivered, 0) AS delivered, coalesce(clicks, 0) AS clicks, coalesce(human_clicks, 0) AS human_clicks, coalesce(human_clickers, 0) AS human_clickers FROM plain.daily_human'
compare 'link, human clicks' "SELECT link_name, human_clicks, human_clickers FROM smsengage.link_report($period)" 'SELECT * FROM plain.link_human'
compare 'campaign, human clicks' "SELECT bulk_message, sent, delivered, failed, expired, unknown, clicks, unique_clickers, replies, unsubscribes, human_clicks, human_clickers FROM smsengage.campaign_report($period) WHERE bulk_message IS NOT NULL" \
	'SELECT * FROM plain.campaign_human'
compare 'response' "SELECT value, sent, delivered, reached, people_sent, people_reached, clicks_by_send_date, human_clicks_by_send_date, messages_clicked, people_clicked, answers, opt_out_answers, p50_seconds_to_click FROM smsengage.response_report($period)" \
	'SELECT * FROM plain.response'

# no plain SQL stands beside these
for report in "daily_report('Asia/Kathmandu', '2026-01-01', '2026-03-14', human => false)" "daily_report('Europe/Berlin', '2026-01-01', '2026-03-14', human => false)" \
	"engagement_report('2026-01-01', '2026-03-14')" "cost_report($period, human => false)" "cost_report($period)" "click_hours('2026-01-01', '2026-03-14', 'Asia/Kathmandu')" "time_to_deliver('2026-01-01', '2026-03-14')"; do
	say "$report"
	printf '%-96s %10.1f\n' "$report" "$(median "SELECT * FROM smsengage.$report")" >> "$table"
done
say 'done'
cat "$table"
