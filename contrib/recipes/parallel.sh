#!/bin/sh
# Loads a large file of one JSON value a line over several connections:
#   parallel.sh CONNECTIONS PROVIDER FILE [ACCOUNT]
# Each takes one stretch of the file, so that events of one message, which
# mostly stand near each other, seldom meet.
set -eu
connections=$1 provider=$2 file=$3 account=${4-}
recipes=$(dirname "$0")
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT

split -n "l/$connections" -- "$file" "$parts/part."
jobs=
for part in "$parts"/part.*; do
	psql -X -q -v file="$part" -v provider="$provider" -v account="$account" -f "$recipes/ndjson.sql" &
	jobs="$jobs $!"
done
status=0
for job in $jobs; do
	wait "$job" || status=$?
done
exit $status
