# Functions for scripts that need the extension built, staged, and a private
# server to load it; sourced by a POSIX shell from the top of the tree.
#
#   room_open       make a folder of our own, $room; when the script ends,
#                   also by a signal, its servers are stopped and it goes
#   stage           build, install below $room, write $room/extra.conf
#   run COMMAND     run as the user who owns the servers, in $room
#   server_start [SETTING...]
#                   start a server that knows the extension; sets PGHOST,
#                   PGUSER, PGDATABASE.  Only this user and root can connect.
#                   Its environment gets the assignments in $server_env.
#
# No server runs as root, so root hands that part over to $CHECK_USER.  All
# that user sees lies below $room: the tree may be in a folder closed to it.
# $room has no space in its name and is short, as sockets need it.
#
# shellcheck shell=sh

: "${MAKE:=make}" "${PG_CONFIG:=pg_config}" "${CHECK_USER:=postgres}"
case $PG_CONFIG in
	/* | pg_config) ;;
	*/*) PG_CONFIG=$PWD/$PG_CONFIG ;;
esac
export PG_CONFIG
# The caller's job server, server and session are not ours.
unset MAKEFLAGS MFLAGS MAKELEVEL PGHOST PGHOSTADDR PGPORT PGUSER PGDATABASE \
	PGPASSWORD PGPASSFILE PGSERVICE PGSERVICEFILE PGOPTIONS PGCLIENTENCODING \
	PGAPPNAME PGSSLMODE PGDATA PGTZ PGDATESTYLE PSQLRC

room=
child=
as=
server_env=

# Run a command so that a signal to this shell ends it, with all it started.
# It gets a process group of its own, and "wait", unlike a command in the
# foreground, lets traps run at once.
watch()
{
	setsid "$@" &
	child=$!
	watched=0
	wait "$child" || watched=$?
	child=
	return "$watched"
}

run()
{
	# shellcheck disable=SC2086 # two words or none
	watch env -C "$room" $as "$@"
}

room_close()
{
	trap '' HUP INT TERM
	if [ -n "$child" ]; then
		kill -TERM "-$child" 2> /dev/null || kill -TERM "$child" 2> /dev/null || :
		wait "$child" 2> /dev/null || :
	fi
	find "$room" -name postmaster.pid 2> /dev/null | while read -r pid; do
		# shellcheck disable=SC2086
		env -C "$room" $as "$("$PG_CONFIG" --bindir)/pg_ctl" -s -m immediate \
			-D "${pid%/*}" stop > /dev/null 2>&1 || :
	done
	rm -rf "$room"
}

room_open()
{
	if [ "$(id -u)" -eq 0 ]; then
		if ! id "$CHECK_USER" > /dev/null 2>&1; then
			echo "smsengage: no server runs as root, and there is no user" \
				"\"$CHECK_USER\": say CHECK_USER=name" >&2
			exit 1
		fi
		as="runuser -u $CHECK_USER --"
	fi
	room=$(TMPDIR='' mktemp -d -t smsengage.XXXXXX)
	trap room_close EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	# shellcheck disable=SC2086
	[ -z "$as" ] || chown "$CHECK_USER:" "$room"
}

# Two runs in one tree take turns here: descriptor 9 is a lock on the tree.
tree_lock()
{
	exec 9< .
	flock 9
}

tree_unlock()
{
	exec 9<&-
}

stage()
{
	watch "$MAKE" -s -j "$(getconf _NPROCESSORS_ONLN)" \
		PG_CONFIG="$PG_CONFIG" all
	"$MAKE" -s PG_CONFIG="$PG_CONFIG" install DESTDIR="$room/inst" > /dev/null

	# How the server is told to load the extension from $room/inst:
	# PostgreSQL 18 has a setting for it, Debian's older builds have another.
	case $("$("$PG_CONFIG" --bindir)/postgres" --describe-config | cut -f1) in
		*extension_control_path*)
			echo "extension_control_path = '$room/inst$("$PG_CONFIG" --sharedir):\$system'"
			echo "dynamic_library_path = '$room/inst$("$PG_CONFIG" --pkglibdir):\$libdir'"
			;;
		*extension_destdir*)
			echo "extension_destdir = '$room/inst'"
			;;
		*)
			echo "smsengage: this server loads installed extensions only:" \
				"use \"make install\" and \"make installcheck\"" >&2
			exit 2
			;;
	esac > "$room/extra.conf"
	echo "fsync = off" >> "$room/extra.conf"
	# the caller's umask may have closed what the server reads
	[ -z "$as" ] || chown -R "$CHECK_USER:" "$room"
}

server_start()
{
	bin=$("$PG_CONFIG" --bindir)
	# shellcheck disable=SC2086 # assignments or nothing
	if ! {
		run "$bin/initdb" -D "$room/data" -U postgres -A trust -E UTF8 \
			--no-locale -N &&
		{
			cat "$room/extra.conf"
			echo "port = 5432"
			echo "listen_addresses = ''"
			echo "unix_socket_directories = '$room'"
			for setting; do echo "$setting"; done
		} >> "$room/data/postgresql.conf" &&
		run env $server_env "$bin/pg_ctl" -D "$room/data" -l "$room/server.log" -w start
	} > "$room/start.log" 2>&1; then
		cat "$room/start.log" >&2
		[ ! -e "$room/server.log" ] || cat "$room/server.log" >&2
		return 1
	fi
	export PGHOST="$room" PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
}
