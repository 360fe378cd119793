# Puts the install script together: the files that sql/ORDER names, in order.
#
#   awk -f sql/build.awk sql/ORDER > sql/smsengage--VERSION.sql
#
# Three things are not copied as they are:
#
# 1. :LEVEL_DAY: stands for SMS_LEVEL_DAY, :CLASS_SENT: for SMS_CLASS_SENT, as
#    the headers of C have them.
# 2. Files below store/ folders tables and views become rows of
#    store_statements(), one for each statement, for make_relations(). In them
#    ":include FILE" at the beginning of a line is replaced by the file beside,
#    in which :RELATION: is the table or view; a comma behind the name stays.
# 3. Nothing else.
#
# A statement there ends with a line that ends with ";", no string holds such a
# line end, and comments have lines of their own.

function fail(message)
{
	print "sql/build.awk: " message > "/dev/stderr"
	failed = 1
	exit 1
}

# What C calls the levels of tallies and the classes of reports
function read_names(file,    line, word, n)
{
	n = 0
	while ((getline line < file) > 0)
		if (match(line, /SMS_(LEVEL|CLASS)_[A-Z0-9_]+[ \t]*=?[ \t]*[0-9]+/))
		{
			line = substr(line, RSTART, RLENGTH)
			sub(/[ \t]*=[ \t]*|[ \t]+/, " ", line)
			split(line, word, " ")
			number[substr(word[1], 5)] = word[2]
			n++
		}
	close(file)
	if (n == 0)
		fail("no names of levels or classes in " file)
}

function with_numbers(line, file,    name, out)
{
	out = ""
	while (match(line, /:(LEVEL|CLASS)_[A-Z0-9_]+:/))
	{
		name = substr(line, RSTART + 1, RLENGTH - 2)
		if (!(name in number))
			fail(file ": C has no SMS_" name)
		out = out substr(line, 1, RSTART - 1) number[name]
		line = substr(line, RSTART + RLENGTH)
	}
	return out line
}

function copy(file,    line, n)
{
	n = 0
	while ((getline line < (top "/" file)) > 0)
	{
		print with_numbers(line, file)
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

# One more line of a statement of this table or view
function gather(line, file,    step)
{
	if (command == "" && line ~ /^[ \t]*(--.*)?$/)
		return
	if (line ~ /^[ \t]*--/)
		return
	command = command (command == "" ? "" : "\n") line
	n_quotes += quotes(line)
	if (n_quotes % 2 == 0 && line ~ /;$/)
	{
		sub(/;$/, "", command)
		step = file ~ /^store\/views\// ? "views" : command ~ /^CREATE TABLE / ? "tables" : "rest"
		if (command ~ /\$ddl\$/)
			fail(file ": $ddl$ in a statement")
		made = made (n_rows++ ? ",\n" : "") "(" n_rows ", '" step "', 'sql/" file "', "
		if (match(command, /^COMMENT ON (TABLE|VIEW) [^ ]+/))
			made = made "'" substr(command, 18 - (command ~ /^COMMENT ON VIEW/), RLENGTH - 17 + (command ~ /^COMMENT ON VIEW/)) "'"
		else
			made = made "NULL"
		made = made ", $ddl$" command "$ddl$)"
		command = ""
		n_quotes = 0
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
	n = 0
	command = ""
	n_quotes = 0
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
					gather(line, file)
				gsub(/:RELATION:/, relation, p)
				line = with_numbers(p, piece)
			}
			close(top "/" folder piece)
			if (m == 0)
				fail(file " includes " folder piece ", which is empty or not there")
			gather(line comma, file)
		}
		else
			gather(with_numbers(line, file), file)
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
	print "AS $$"
	print "BEGIN"
	print "\tRETURN QUERY VALUES"
	print made ";"
	print "END"
	print "$$;"
	print "COMMENT ON FUNCTION smsengage_internal.store_statements() IS 'The statements that make the tables and views of a store, and the files that they stand in. described: the table or view that a comment is on. Used by make_relations().';"
	n_rows = 0
}

BEGIN {
	top = ARGV[1]
	sub(/\/?[^\/]*$/, "", top)
	if (top == "")
		top = "."
	read_names(top "/../src/tally/cover.h")
	read_names(top "/../src/taxonomy/taxonomy.h")
}

/^[ \t]*(#.*)?$/ { next }

{
	if ($0 ~ /^store\/(tables|views)\//)
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
