# Puts the install script together: the files that sql/ORDER names, in order.
#
#   awk -f sql/build.awk sql/ORDER > sql/smsengage--VERSION.sql
#
# Four things are not copied as they are:
#
# 1. :LEVEL_DAY: stands for SMS_LEVEL_DAY, :CLASS_SENT: for SMS_CLASS_SENT, as
#    the headers of C have them, :FIRST_PART(e.): for SMS_FIRST_PART("e.") of
#    event_phrases.h, and :EVENT_TYPES:, :N_EVENT_TYPES:, :ANSWER_TYPES: and
#    :SALESFORCE_TYPES: for what event_types.def has.
# 2. A line ":each TABLE WHICH: TEXT" becomes one line for each entry of a
#    definition file, in which :name: is what the entry has in the argument
#    that the head of the file calls so (':name:' is NULL for an empty text); ":list TABLE WHICH: TEXT" becomes
#    lines that are filled.  Commas join them; a comma behind the text comes
#    behind the last as well, a semicolon behind each.  WHICH, in any number
#    (none: all): the kinds of entries in capitals, compared=COMPARED for those
#    that have this there, and names or first..last, either of which may miss.
# 3. Files below store/ folders tables, views and migrations become rows of
#    store_statements(), one for each statement, for make_relations() and
#    make_migrations(); store_migrations() has the names of the last. In them
#    ":include FILE" at the beginning of a line is replaced by the file beside,
#    in which :RELATION: is the table or view; a comma behind the name stays.
# 4. Nothing else.
#
# A statement there ends with a line that ends with ";" outside of quotes, which
# are ' and $$, and comments have lines of their own.

function fail(message)
{
	print "sql/build.awk: " message > "/dev/stderr"
	failed = 1
	exit 1
}

# What C calls the levels of tallies and the classes of reports
function read_names(file,    line, part, n)
{
	n = 0
	while ((getline line < file) > 0)
		if (match(line, /SMS_(LEVEL|CLASS)_[A-Z0-9_]+[ \t]*=?[ \t]*[0-9]+/))
		{
			line = substr(line, RSTART, RLENGTH)
			sub(/[ \t]*=[ \t]*|[ \t]+/, " ", line)
			split(line, part, " ")
			word[substr(part[1], 5)] = part[2]
			n++
		}
	close(file)
	if (n == 0)
		fail("no names of levels or classes in " file)
}

# Macros that make a piece of a query of the alias of a row
function read_phrases(file,    line, name, text, out)
{
	while ((getline line < file) > 0)
	{
		if (line !~ /^#define SMS_[A-Z_]+\(e\)/)
			continue
		match(line, /SMS_[A-Z_]+/)
		name = substr(line, RSTART + 4, RLENGTH - 4)
		sub(/^#define [A-Z_]+\(e\)/, "", line)
		text = line
		while (text ~ /\\$/ && (getline line < file) > 0)
			text = substr(text, 1, length(text) - 1) line
		# the alias stands between strings
		out = ""
		while (match(text, /"[^"]*"/))
		{
			out = out (substr(text, 1, RSTART - 1) ~ /e/ ? "@" : "") substr(text, RSTART + 1, RLENGTH - 2)
			text = substr(text, RSTART + RLENGTH)
		}
		phrase[name] = out
	}
	close(file)
	if (!("FIRST_PART" in phrase))
		fail("no phrases in " file)
}

# The arguments of an entry: commas of SQL stand in strings or parentheses
function read_arguments(text, argument,    n, depth, quote, c, i)
{
	n = 1
	argument[n] = ""
	depth = 0
	quote = ""
	for (i = 1; i <= length(text); i++)
	{
		c = substr(text, i, 1)
		if (quote != "")
			quote = c == quote ? "" : quote
		else if (c == "\"" || c == "'")
			quote = c
		else if (c == "(")
			depth++
		else if (c == ")")
			depth--
		else if (c == "," && depth == 0)
		{
			argument[++n] = ""
			continue
		}
		argument[n] = argument[n] c
	}
	for (i = 1; i <= n; i++)
	{
		gsub(/^[ \t\n]+|[ \t\n]+$/, "", argument[i])
		# a text, which SQL will have between its own quotes
		if (argument[i] ~ /^".*"$/)
		{
			argument[i] = substr(argument[i], 2, length(argument[i]) - 2)
			gsub(/'/, "''", argument[i])
		}
	}
	return n
}

# entry[table, n, argument's name]; the head of the file names the arguments
function read_table(table, file,    line, text, kind, argument, field, n_fields, n, i)
{
	while ((getline line < file) > 0)
	{
		if (line !~ /^( \* )?[A-Z_]+\(/)
			continue
		text = line
		while (text !~ /\)$/ && (getline line < file) > 0)
			text = text "\n" line
		kind = text
		sub(/\(.*/, "", kind)
		sub(/^[^(]*\(/, "", text)
		sub(/\)$/, "", text)
		n = read_arguments(text, argument)
		if (sub(/^ \* /, "", kind))
		{
			n_fields[kind] = n
			for (i = 1; i <= n; i++)
				field[kind, i] = argument[i]
			continue
		}
		if (n != n_fields[kind])
			fail(file ": " kind "(" argument[1] ", ...) has " n " arguments, not " n_fields[kind])
		n_entries[table]++
		entry[table, n_entries[table], "KIND"] = kind
		for (i = 1; i <= n; i++)
			entry[table, n_entries[table], field[kind, i]] = argument[i]
	}
	close(file)
	if (n_entries[table] == 0)
		fail("no entries in " file)
}

# Names of entries of a kind, joined; between quotes or not
function join(table, field, value, quote,    i, out)
{
	for (i = 1; i <= n_entries[table]; i++)
		if (value == "" || entry[table, i, field] == value)
			out = out (out == "" ? "" : ", ") quote entry[table, i, "NAME"] quote
	return out
}

function number_of(table, name, file,    i)
{
	for (i = 1; i <= n_entries[table]; i++)
		if (entry[table, i, "name"] == name)
			return i
	fail(file ": " table " has no " name)
}

# The entries that a directive means, by number: "1 4 5 "
function chosen(table, which, file,    part, n, i, j, kinds, some, from, to, condition, out)
{
	n = split(which, part, " ")
	for (i = 1; i <= n; i++)
	{
		if (part[i] ~ /^[A-Z_]+$/)
			kinds = kinds " " part[i] " "
		else if (part[i] ~ /=/)
			condition = part[i]
		else
			some = some part[i] " "
	}
	n = split(some == "" ? ".." : some, part, " ")
	for (i = 1; i <= n; i++)
	{
		from = to = part[i]
		sub(/\.\..*/, "", from)
		sub(/.*\.\./, "", to)
		from = from == "" ? 1 : number_of(table, from, file)
		to = to == "" ? n_entries[table] : number_of(table, to, file)
		for (j = from; j <= to; j++)
			if ((kinds == "" || index(kinds, " " entry[table, j, "KIND"] " ")) &&
				(condition == "" || entry[table, j, substr(condition, 1, index(condition, "=") - 1)] == substr(condition, index(condition, "=") + 1)))
				out = out j " "
	}
	if (out == "")
		fail(file ": nothing in " table " is " which)
	return out
}

function filled_in(text, table, n, file,    name, out)
{
	out = ""
	while (match(text, /:[a-z]+:/))
	{
		name = substr(text, RSTART + 1, RLENGTH - 2)
		if (!((table, n, name) in entry))
			fail(file ": " table " has no " name)
		out = out substr(text, 1, RSTART - 1)
		text = substr(text, RSTART + RLENGTH)
		if (entry[table, n, name] == "" && out ~ /'$/ && text ~ /^'/)
		{
			out = substr(out, 1, length(out) - 1) "NULL"
			text = substr(text, 2)
		}
		else
			out = out entry[table, n, name]
	}
	out = out text
	sub(/[ \t]+$/, "", out)
	return out
}

# The lines that a line stands for: lines[1..n]
function expand(line, file, lines,    indent, is_list, table, which, text, part, last, n, m, i, item)
{
	if (line !~ /^[ \t]*:(each|list) /)
	{
		lines[1] = line
		return 1
	}
	indent = line
	sub(/:.*/, "", indent)
	sub(/^[ \t]*:/, "", line)
	is_list = line ~ /^list/
	line = substr(line, 6)
	if (!(i = index(line, ": ")))
		fail(file ": a colon and a text are missing: " line)
	text = substr(line, i + 2)
	which = substr(line, 1, i - 1) " "
	table = substr(which, 1, index(which, " ") - 1)
	if (!(table in n_entries))
		fail(file ": there is no " table)
	last = text ~ /[,;]$/ ? substr(text, length(text)) : ""
	text = substr(text, 1, length(text) - length(last))
	n = split(chosen(table, substr(which, length(table) + 2), file), part, " ")
	m = 0
	for (i = 1; i <= n; i++)
	{
		item = filled_in(text, table, part[i], file) (last == ";" ? ";" : i < n ? "," : last)
		if (is_list && i > 1 && length(lines[m]) + length(item) < 110)
			lines[m] = lines[m] " " item
		else
			lines[++m] = indent item
	}
	return m
}

function with_words(line, file,    name, alias, text, out)
{
	out = ""
	while (match(line, /:[A-Z][A-Z0-9_]*(\([a-z.]*\))?:/))
	{
		name = substr(line, RSTART + 1, RLENGTH - 2)
		alias = ""
		if (name ~ /\(/)
		{
			alias = name
			sub(/\(.*/, "", name)
			alias = substr(alias, length(name) + 2)
			sub(/\)$/, "", alias)
			if (!(name in phrase))
				fail(file ": event_phrases.h has no SMS_" name)
			out = out substr(line, 1, RSTART - 1)
			text = phrase[name]
			gsub(/@/, alias, text)
			line = text substr(line, RSTART + RLENGTH)
		}
		else if (name in word)
		{
			out = out substr(line, 1, RSTART - 1) word[name]
			line = substr(line, RSTART + RLENGTH)
		}
		else if (name ~ /^(LEVEL|CLASS)_/)
			fail(file ": C has no SMS_" name)
		else
		{
			# HH24:MI:SS
			out = out substr(line, 1, RSTART + RLENGTH - 2)
			line = substr(line, RSTART + RLENGTH - 1)
		}
	}
	return out line
}

function copy(file,    line, lines, n, m, i)
{
	n = 0
	while ((getline line < (top "/" file)) > 0)
	{
		m = expand(line, file, lines)
		for (i = 1; i <= m; i++)
			print with_words(lines[i], file)
		n++
	}
	close(top "/" file)
	if (n == 0)
		fail("ORDER names " file ", which is empty or not there")
}

function quotes(line)
{
	return gsub(/'/, "'", line)
}

# One more line of the file of this table or view
function take(line, file,    lines, m, i)
{
	m = expand(line, file, lines)
	for (i = 1; i <= m; i++)
		gather(with_words(lines[i], file), file)
}

# One more line of a statement
function gather(line, file,    step)
{
	if (command == "" && line ~ /^[ \t]*(--.*)?$/)
		return
	if (line ~ /^[ \t]*--/)
		return
	command = command (command == "" ? "" : "\n") line
	n_quotes += quotes(line)
	n_bodies += gsub(/\$\$/, "$$", line)
	if (n_quotes % 2 == 0 && n_bodies % 2 == 0 && line ~ /;$/)
	{
		sub(/;$/, "", command)
		step = file ~ /^store\/views\// ? "views" : file ~ /^store\/migrations\// ? "migrations" : command ~ /^CREATE TABLE / ? "tables" : "rest"
		if (command ~ /\$(ddl|statements)\$/)
			fail(file ": $ddl$ or $statements$ in a statement")
		made = made (n_rows++ ? ",\n" : "") "(" n_rows ", '" step "', 'sql/" file "', "
		if (step == "migrations")
			made = made "NULL"
		else if (match(command, /^COMMENT ON (TABLE|VIEW) [^ ]+/))
			made = made "'" substr(command, 18 - (command ~ /^COMMENT ON VIEW/), RLENGTH - 17 + (command ~ /^COMMENT ON VIEW/)) "'"
		else
			made = made "NULL"
		made = made ", $ddl$" command "$ddl$)"
		command = ""
		n_quotes = n_bodies = 0
	}
}

function wrap(file,    line, relation, folder, piece, comma, n, m, p)
{
	relation = file
	sub(/.*\//, "", relation)
	sub(/\.sql$/, "", relation)
	relation = "smsengage." (relation ~ /[A-Z]/ ? "\"" relation "\"" : relation)
	folder = file
	sub(/[^\/]*$/, "", folder)
	if (file ~ /^store\/migrations\//)
		migrations = migrations (migrations == "" ? "" : ",") "sql/" file
	n = 0
	command = ""
	n_quotes = n_bodies = 0
	while ((getline line < (top "/" file)) > 0)
	{
		n++
		if (line ~ /^:include /)
		{
			piece = substr(line, 10)
			comma = sub(/,$/, "", piece) ? "," : ""
			m = 0
			while ((getline p < (top "/" folder piece)) > 0)
			{
				if (m++)
					take(line, file)
				gsub(/:RELATION:/, relation, p)
				line = p
			}
			close(top "/" folder piece)
			if (m == 0)
				fail(file " includes " folder piece ", which is empty or not there")
			take(line comma, file)
		}
		else
			take(line, file)
	}
	close(top "/" file)
	if (n == 0)
		fail("ORDER names " file ", which is empty or not there")
	if (command != "")
		fail(file ": the last statement has no end")
}

function put_statements()
{
	print ""
	print "CREATE FUNCTION smsengage_internal.store_statements()"
	print "RETURNS TABLE (no integer, step text, file text, described text, command text)"
	print "LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE ROWS " n_rows
	print "SET search_path = pg_catalog, pg_temp"
	print "AS $statements$"
	print "BEGIN"
	print "\tRETURN QUERY VALUES"
	print made ";"
	print "END"
	print "$statements$;"
	print "COMMENT ON FUNCTION smsengage_internal.store_statements() IS 'The statements that make the tables and views of a store, and the files that they stand in. described: the table or view that a comment is on. Used by make_relations().';"
	n_rows = 0
	print ""
	print "CREATE FUNCTION smsengage_internal.store_migrations()"
	print "RETURNS text[]"
	print "LANGUAGE sql IMMUTABLE PARALLEL SAFE"
	print "BEGIN ATOMIC"
	print "\tSELECT CAST('{" migrations "}' AS pg_catalog.text[]);"
	print "END;"
	print "COMMENT ON FUNCTION smsengage_internal.store_migrations() IS 'The files in store/migrations, in their order. Used by make_migrations() and check_migrated().';"
}

BEGIN {
	top = ARGV[1]
	sub(/\/?[^\/]*$/, "", top)
	if (top == "")
		top = "."
	read_names(top "/../src/tally/cover.h")
	read_names(top "/../src/taxonomy/taxonomy.h")
	read_phrases(top "/../src/taxonomy/event_phrases.h")
	read_table("event_columns", top "/../src/taxonomy/event_columns.def")
	read_table("event_types", top "/../src/taxonomy/event_types.def")
	read_table("delivery_columns", top "/report/delivery_columns.def")
	word["EVENT_TYPES"] = join("event_types", "", "", "")
	word["N_EVENT_TYPES"] = n_entries["event_types"]
	word["ANSWER_TYPES"] = join("event_types", "kind", "ANSWER", "'")
	word["SALESFORCE_TYPES"] = join("event_types", "origin", "SALESFORCE", "'")
}

/^[ \t]*(#.*)?$/ { next }

{
	if ($0 ~ /^store\/(tables|views|migrations)\//)
		wrap($0)
	else
	{
		if (n_rows)
			put_statements()
		else if (n_files++)
			print ""
		copy($0)
	}
}

END {
	if (!failed && n_rows)
		put_statements()
	if (failed)
		exit 1
}
