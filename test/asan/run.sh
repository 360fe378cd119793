#!/bin/sh
#
# Build the extension with gcc's address and undefined-behaviour sanitizers,
# start a private server with it in which every palloc() is a malloc() of its
# own, and hammer it (hammer.pl).
#
#   make asan                                20 minutes
#   ASAN_SECONDS=60 SMS_SEED=7 make asan     for a while; with the same random numbers
#
# A fault is printed as the sanitizer's report and the statement that led to
# it; what comes then may hit others.  Ends with a failure if there was one,
# with 77 if the sanitizer's library is missing.
#
set -eu
cd "$(dirname "$0")/../.."
. test/server.sh
. test/asan/server.sh

: "${ASAN_CC:=gcc}" "${ASAN_SECONDS:=1200}"
if ! sanitizer "$ASAN_CC" > /dev/null; then
	echo "asan ... skipped: $ASAN_CC has no address sanitizer (libasan)"
	exit 77
fi
sh test/prepare.sh build
room_open
tree_lock
sanitized_stage "$ASAN_CC"
tree_unlock
server_env=$sanitized_env
server_start "$sanitized_settings" "restart_after_crash = on" "jit = off" \
	"max_prepared_transactions = 10" "log_min_messages = log" "log_min_error_statement = panic"
run env PATH="$("$PG_CONFIG" --bindir):$PATH" LC_ALL=C PGCLIENTENCODING=UTF8 \
	perl -I "$room/tree/test/perl" "$room/tree/test/asan/hammer.pl" \
	"$room" "$ASAN_SECONDS" ${SMS_SEED+"$SMS_SEED"}
