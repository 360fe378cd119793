#!/bin/sh
#
# Writes the update scripts: from each version of VERSIONS to the next, and from
# the last to this one.
#
#   sh sql/updates/make.sh VERSION     (make upgrade-script)
#
set -eu
cd "$(dirname "$0")/../.."
version=$1
folder=$(TMPDIR='' mktemp -d -t smsengage-updates.XXXXXX)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' HUP INT TERM
sh sql/updates/fetch.sh "$folder" >&2

from=
for to in $(sed -e 's/#.*//' -e 's/^\([^ ]*\).*/\1/' sql/updates/VERSIONS) this; do
	if [ "$to" = this ]; then
		to=$version
		new=sql/smsengage--$version.sql
	else
		new=$folder/$to/sql/smsengage--$to.sql
	fi
	if [ -n "$from" ] && [ "$from" != "$to" ]; then
		script=sql/smsengage--$from--$to.sql
		perl sql/changes.pl "$folder/$from/sql/smsengage--$from.sql" "$new" "$from" "$to" > "$folder/script"
		cp "$folder/script" "$script"
		echo "$script"
	fi
	from=$to
done
