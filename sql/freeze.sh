#!/bin/sh
#
# The current version is released: keep its install script as it is, and go
# on with the next version, whose upgrade script starts empty.
#
#   make freeze NEXT=1.1
#
# Look at the changes and commit them.  From then on test/t/084_upgrade.pl
# walks from every frozen version to the current one: what is changed in the
# parts must also be done by the upgrade script (make upgrade-script), in the
# store by migrate().
#
set -eu
cd "$(dirname "$0")/.."
next=${1-}
version=$(sed -n "s/^default_version *= *'\(.*\)'/\1/p" smsengage.control)
case $next in
	[0-9]*.[0-9]*) ;;
	*) echo "which version is next? make freeze NEXT=1.1, say" >&2; exit 2 ;;
esac
built=smsengage--$version.sql
if [ -e "sql/frozen/$built" ] || [ "$next" = "$version" ]; then
	echo "version $version is frozen already" >&2
	exit 2
fi

mkdir -p sql/frozen
cp "sql/$built" "sql/frozen/$built"
printf '%s\n\n' "\\echo Use \"ALTER EXTENSION smsengage UPDATE TO '$next'\" to load this file. \\quit" \
	> "sql/smsengage--$version--$next.sql"
sed -i "s/^default_version *=.*/default_version = '$next'/" smsengage.control
# but not the version of its own format
sed -i "/meta-spec/,\$ ! s/\"version\": \"$version\.[0-9]*\"/\"version\": \"$next.0\"/; s/smsengage--$version\.sql/smsengage--$next.sql/" META.json
sed -i "s/^## \[$version\] - unreleased/## [$next] - unreleased\n\n## [$version] - $(date +%Y-%m-%d)/" CHANGELOG.md
