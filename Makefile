# smsengage: SMS engagement data in PostgreSQL
#
#   make demo        build, start a private server, load samples, show results
#   make dashboard   the same for a quarter of made-up traffic, in a browser
#   make localcheck  build and run every test against throw-away servers
#   make localcheck-sql  the same, but for TAP tests, with every event stored by SQL
#   make bench-segments  segments against plain SQL and DuckDB, one table
#   make bench-reports   reports against plain SQL, one table
#   make reference   write doc/reference.md from the catalogue
#   make upgrade-script  SQL that leads here from older versions
#   make install     for the server of $(PG_CONFIG); then CREATE EXTENSION

EXTENSION = smsengage
EXTVERSION = $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" $(EXTENSION).control)

MODULE_big = smsengage
OBJS = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c src/*/*.c)))
PGFILEDESC = "smsengage - SMS engagement data"
PG_CPPFLAGS = -I$(srcdir)/src -DSMSENGAGE_VERSION='"$(EXTVERSION)"'
# Nobody replaces one of our functions by another of its name: calls from file
# to file are direct, and inlined within a file.
PG_CFLAGS = -fno-semantic-interposition

# The install script is put together from the files that sql/ORDER lists.
SQL_PARTS = $(addprefix sql/,$(shell sed 's/\#.*//' sql/ORDER)) $(wildcard sql/store/*/*.inc sql/store/*/*/*.inc)
SQL_NAMES = src/tally/cover.h $(addprefix src/taxonomy/,taxonomy.h event_phrases.h event_columns.def event_types.def) sql/report/delivery_columns.def
SQL_BUILT = sql/$(EXTENSION)--$(EXTVERSION).sql
DATA_built = $(SQL_BUILT)
# Ways from older versions, where "make upgrade-script" has been; none leads
# from a version that was not published.
DATA = $(filter-out %--unpublished--$(EXTVERSION).sql,$(wildcard sql/$(EXTENSION)--*--*.sql))

DOCS = README.md CHANGELOG.md LICENSE
DOC_PAGES = $(sort $(wildcard doc/*.md))

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
# Debian has the build files in one package and the headers in another.
SERVER_HEADER := $(wildcard $(shell $(PG_CONFIG) --includedir-server 2>/dev/null)/postgres.h)

# Same answers whatever the locale of the server or of the caller.
ENCODING = UTF8
NO_LOCALE = 1

# ?=: the caller's environment may narrow what is run.
REGRESS ?= $(filter-out $(REGRESS_NOT),$(sort $(basename $(notdir $(wildcard test/sql/*.sql)))))
# What a server cannot do yet is not tested there.
REGRESS_NOT = $(if $(filter 15,$(MAJORVERSION)),soft_error)
REGRESS_OPTS = --inputdir=test --load-extension=$(EXTENSION)

# Not every package of PostgreSQL's build files has the isolation tester.
ifneq ($(wildcard $(dir $(PGXS))../test/isolation/pg_isolation_regress),)
ifneq ($(wildcard test/specs/*.spec),)
ISOLATION ?= $(sort $(basename $(notdir $(wildcard test/specs/*.spec))))
endif
endif
# --outputdir: before PostgreSQL 16, expected/ is looked for beside the output
ISOLATION_OPTS = --inputdir=test --outputdir=. --load-extension=$(EXTENSION)

PROVE_TESTS ?= $(sort $(wildcard test/t/*.pl))
EXTRA_CLEAN = tmp_check

ifeq ($(and $(SERVER_HEADER),$(wildcard $(PGXS))),)
$(filter-out localcheck localcheck-sql demo dashboard dashboard-check reference asan fuzz matrix prepare ubsan,$(or $(MAKECMDGOALS),all)):
	@echo "smsengage: the PostgreSQL server headers are missing." >&2
	@echo "  Debian, Ubuntu: apt-get install postgresql-server-dev-15 (or: make prepare)" >&2
	@echo "  elsewhere: install PostgreSQL's development package, or say PG_CONFIG=/path/to/pg_config" >&2
	@exit 1
else
include $(PGXS)

ifeq ($(PORTNAME),linux)
SHLIB_LINK += -Wl,-Bsymbolic-functions
endif

# A folder of our own, as other extensions have a README too; the pages lie
# below it as they do here, so that links between them hold.
docmoduledir = extension/$(EXTENSION)
DOC_DIR = $(DESTDIR)$(docdir)/$(docmoduledir)

install: install-pages
uninstall: uninstall-pages
.PHONY: install-pages uninstall-pages
install-pages:
	$(MKDIR_P) '$(DOC_DIR)/doc'
	$(INSTALL_DATA) $(addprefix $(srcdir)/,$(DOC_PAGES)) '$(DOC_DIR)/doc/'
uninstall-pages:
	rm -f $(addprefix '$(DOC_DIR)'/,$(DOC_PAGES))
	-rmdir '$(DOC_DIR)/doc'

$(SQL_BUILT): sql/ORDER sql/build.awk $(SQL_PARTS) $(SQL_NAMES) $(EXTENSION).control
	awk -f sql/build.awk sql/ORDER > $@.tmp && mv $@.tmp $@

# Ways from the versions in sql/updates/VERSIONS to this one; needs git.
.PHONY: upgrade-script
upgrade-script: $(SQL_BUILT)
	@exec sh sql/updates/make.sh $(EXTVERSION)

$(OBJS) $(OBJS:.o=.bc): $(wildcard src/*.h src/*/*.h src/*/*.def) $(EXTENSION).control
endif

.PHONY: prepare demo dashboard dashboard-check reference localcheck localcheck-sql asan fuzz
.PHONY: bench-ingest bench-gate bench-segments bench-reports prove_installcheck
# What the build and the tests need from the system; installs packages only.
prepare:
	@exec env PG_CONFIG='$(PG_CONFIG)' sh test/prepare.sh

# "exec": a signal to make must reach the script, not a shell in between.
demo:
	@exec env MAKE='$(MAKE)' PG_CONFIG='$(PG_CONFIG)' sh contrib/demo/demo.sh

# Both need node and npm, the check Chromium as well; EVENTS=n, SEED=n, PORT=n.
dashboard:
	@exec env MAKE='$(MAKE)' PG_CONFIG='$(PG_CONFIG)' sh contrib/dashboard/dashboard.sh

dashboard-check:
	@exec env MAKE='$(MAKE)' PG_CONFIG='$(PG_CONFIG)' sh contrib/dashboard/dashboard.sh check

# After a change of what users call, or of its comment.
reference:
	@exec env MAKE='$(MAKE)' PG_CONFIG='$(PG_CONFIG)' sh test/reference.sh

# All tests against throw-away servers, nothing installed; root may run it.
localcheck:
	@exec env MAKE='$(MAKE)' PG_CONFIG='$(PG_CONFIG)' sh test/localcheck.sh

# Regress and isolation tests, with every event stored by SQL.
localcheck-sql:
	@exec env DIRECT=off PROVE_TESTS= MAKE='$(MAKE)' PG_CONFIG='$(PG_CONFIG)' sh test/localcheck.sh

# The cores and the steps of ingestion against made-up input; needs clang.
# FUZZ_SECONDS each (60).
fuzz:
	@exec env MAKE='$(MAKE)' PG_CONFIG='$(PG_CONFIG)' sh test/fuzz/run.sh

# All of C called with hostile arguments, and deliveries, in a server under
# gcc's sanitizers.  ASAN_SECONDS (1200); SMS_SEED=n repeats a run.
asan:
	@exec env MAKE='$(MAKE)' PG_CONFIG='$(PG_CONFIG)' sh test/asan/run.sh

# The whole library with traps for undefined behaviour, then all tests.
# -fno-wrapv, as the server's own flags say that overflow wraps.
ubsan:
	@$(MAKE) -s clean > /dev/null
	@env COPT='-fsanitize=undefined -fno-wrapv -fno-sanitize-recover=all -O1' with_llvm=no $(MAKE) -s localcheck

.PHONY: matrix ubsan
# Strict builds and tests in other Debian releases; needs root, debootstrap.
matrix:
	@exec sh test/matrix.sh

# How fast events get in; EVENTS=n for another number than 500,000.
bench-ingest:
	@exec env MAKE='$(MAKE)' PG_CONFIG='$(PG_CONFIG)' sh test/bench/ingest.sh $(EVENTS)

# What can_send() costs, beside an anti-join by hand.
bench-gate:
	@exec env MAKE='$(MAKE)' PG_CONFIG='$(PG_CONFIG)' sh test/bench/gate.sh

# What a segment costs, beside plain SQL and DuckDB.
bench-segments:
	@exec env MAKE='$(MAKE)' PG_CONFIG='$(PG_CONFIG)' sh test/bench/segments.sh

# Each report beside plain SQL with the same numbers (MESSAGES=... for fewer).
bench-reports:
	@exec env MAKE='$(MAKE)' PG_CONFIG='$(PG_CONFIG)' sh test/bench/reports.sh

# TAP tests start their own servers, so they need a non-root user.
prove_installcheck:
	$(prove_installcheck)
