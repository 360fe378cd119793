# For the changes beside this: each is sourced in a copy of the tree's SQL.
# shellcheck shell=sh

# edit FILE SED-SCRIPT: something has to change
edit()
{
	cp "$1" "$1.before"
	sed -i "$2" "$1"
	if cmp -s "$1" "$1.before"; then
		echo "$1: there is nothing to change by $2" >&2
		exit 1
	fi
	rm "$1.before"
}

# migration NAME: standard input is the next file of store/migrations
migration()
{
	mkdir -p sql/store/migrations
	cat > "sql/store/migrations/$1.sql"
	edit sql/ORDER "/^# what create_store() and migrate() run/a store/migrations/$1.sql"
}

# by_hand: standard input is the hand-written part of the update script
by_hand()
{
	mkdir -p sql/updates
	cat > "sql/updates/$BY_HAND.sql"
}
