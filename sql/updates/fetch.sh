#!/bin/sh
#
# Puts the trees of the versions that VERSIONS lists below a folder, each in a
# folder of its name, and its install script in sql/ of that. Says why, and
# fails, if the git history is not here.
#
#   sh sql/updates/fetch.sh FOLDER
#
set -eu
folder=$1
cd "$(dirname "$0")/../.."

if ! command -v git > /dev/null; then
	echo "there is no git"
	exit 1
elif ! top=$(git rev-parse --show-toplevel 2>&1) || [ "$top" != "$(pwd -P)" ]; then
	echo "this tree is no clone of the repository: $top"
	exit 1
fi
sed -e 's/#.*//' -e '/^ *$/d' sql/updates/VERSIONS | while read -r name ref; do
	if ! git rev-parse -q --verify "$ref^{commit}" > /dev/null; then
		echo "$ref ($name) is not in the history of this clone; git fetch --unshallow --tags"
		exit 1
	fi
	mkdir -p "$folder/$name"
	git archive "$ref" | tar -xf - -C "$folder/$name"
	version=$(sed -n "s/^default_version *= *'\(.*\)'/\1/p" "$folder/$name/smsengage.control")
	if [ "$name" != unpublished ] && [ "$name" != "$version" ]; then
		echo "$ref is version $version, and sql/updates/VERSIONS calls it $name"
		exit 1
	fi
	(cd "$folder/$name" && awk -f sql/build.awk sql/ORDER > "sql/smsengage--$name.sql")
done
