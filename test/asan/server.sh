# Functions for scripts that run the extension in a server under the address
# and undefined-behaviour sanitizers; sourced behind test/server.sh, from the
# top of the tree.
#
#   sanitizer COMPILER        the path of its sanitizer's library; fails where
#                             it is missing
#   sanitized_stage COMPILER [FLAG...]
#                             build a copy of the tree in $room/tree with
#                             sanitizers, with what is in $room/harness beside
#                             its sources, install it below $room, and beside it
#                             what is preloaded
#   $sanitized_env            what the server's environment must have: server_env
#   $sanitized_settings       what its configuration must have
#
# The library stops at the first fault.  Reports are files $room/report.*; what
# gcc's runtime says of undefined behaviour is a line of the server's log, as it
# reads its options only then, when the server's title has overwritten them.
#
# shellcheck shell=sh

# -fno-wrapv, as the server's own flags say that overflow wraps.
sanitizer_flags='-fsanitize=address,undefined,float-cast-overflow -fno-wrapv
	-fno-sanitize-recover=all -fno-omit-frame-pointer -O1 -g'

sanitizer()
{
	case $1 in
		*clang*) name=libclang_rt.asan-$(uname -m).so ;;
		*) name=libasan.so ;;
	esac
	# what a compiler cannot find it says by its name alone
	path=$("$1" -print-file-name="$name" 2> /dev/null) || return
	[ -e "$path" ] || path=$("$1" -print-file-name=libclang_rt.asan.so 2> /dev/null)
	[ -e "$path" ] && echo "$path"
}

sanitized_stage()
{
	compiler=$1
	shift
	library=$(sanitizer "$compiler")
	mkdir "$room/tree" "$room/preload"
	tar -cf - --exclude=./.git --exclude=./results --exclude=./tmp_check \
		--exclude=./contrib/dashboard/node_modules . |
		tar -xf - -C "$room/tree"
	[ ! -d "$room/harness" ] || cp -r "$room/harness/." "$room/tree/src"
	"$MAKE" -s -C "$room/tree" PG_CONFIG="$PG_CONFIG" clean > /dev/null

	# neither is of the extension, and neither is looked at
	"$compiler" -shared -fPIC -O1 test/asan/preload.c \
		-o "$room/preload/preload.so"
	# shellcheck disable=SC2046 # a list
	"$compiler" -shared -fPIC -O1 -g -Wno-ignored-attributes $("$PG_CONFIG" --cppflags) \
		"-I$("$PG_CONFIG" --includedir-server)" test/asan/palloc.c \
		-o "$room/preload/palloc.so"

	# a Makefile's own compiler gives way only to one named on its command line
	top=$PWD
	MAKEFLAGS="-- CC=$compiler"
	# shellcheck disable=SC2086 # a list
	COPT=$(echo $sanitizer_flags "$@")
	with_llvm=no
	# the folder is another each time, what is compiled is not
	CCACHE_NOHASHDIR=1
	export MAKEFLAGS COPT with_llvm CCACHE_NOHASHDIR
	cd "$room/tree"
	stage
	cd "$top"
	unset MAKEFLAGS COPT with_llvm CCACHE_NOHASHDIR

	sanitized_env="LD_PRELOAD=$library:$room/preload/preload.so"
	sanitized_env="$sanitized_env ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:handle_abort=1:disable_coredump=1"
	sanitized_env="$sanitized_env:allocator_may_return_null=1:detect_stack_use_after_return=0"
	sanitized_env="$sanitized_env:quarantine_size_mb=32:malloc_context_size=12:log_path=$room/report"
	sanitized_env="$sanitized_env UBSAN_OPTIONS=abort_on_error=1:print_stacktrace=1:log_path=$room/report"
	sanitized_settings="shared_preload_libraries = '$room/preload/palloc.so'"
}
