#!/bin/sh
#
# Build, start a private throw-away server, load sample payloads into a fresh
# store and show what can be asked.  Nothing is installed into the system but
# packages that are missing, nothing keeps running.
#
set -eu
cd "$(dirname "$0")/../.."
. test/server.sh

sh test/prepare.sh build
room_open
tree_lock
stage
tree_unlock
server_start

psql=$("$PG_CONFIG" --bindir)/psql
"$psql" -X -q -v ON_ERROR_STOP=1 -c "CREATE ROLE demo LOGIN" \
	-c "CREATE DATABASE demo OWNER demo"
cd contrib/demo
PAGER='' watch "$psql" -X -q -P pager=off -U demo -d demo -f demo.sql
