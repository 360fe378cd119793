# Functions, operators and domains of the names of pg_catalog's, over the types
# that the extension uses, in a schema of somebody else.
package Hostile;

use strict;
use warnings;
use Exporter qw(import);

our @EXPORT = qw(hostile_objects hostile_domains caught);

# SQL that fills a schema.  Whatever is called of it raises an error.  words:
# names of functions are among them.  Called by the role that shall own them.
sub hostile_objects
{
	my ($schema, $words) = @_;
	my $names = join(',', map { "'$_'" } @$words);
	return <<"SQL";
SET search_path = pg_catalog;
DO \$do\$
DECLARE
	types text[] := ARRAY['text', 'varchar', 'bpchar', 'name', '"char"', 'smallint', 'integer', 'bigint', 'oid', 'real', 'double precision', 'numeric', 'boolean', 'timestamptz', 'timestamp',
		'date', 'time', 'interval', 'uuid', 'bytea', 'json', 'jsonb', 'text[]', 'integer[]', 'bigint[]', 'uuid[]', 'timestamptz[]'];
	body text := ' LANGUAGE plpgsql AS \$f\$ BEGIN RAISE EXCEPTION ''caught''; END \$f\$';
	name text;
	made bigint := 0;
	a text;
	b text;
BEGIN
	-- operators: a truth value for what compares, else the type of the left side
	FOREACH a IN ARRAY types LOOP
		EXECUTE format('CREATE FUNCTION $schema.never(%s) RETURNS %1\$s', a) || body;
		FOREACH b IN ARRAY types LOOP
			EXECUTE format('CREATE FUNCTION $schema.never(%s, %s) RETURNS boolean', a, b) || body;
			EXECUTE format('CREATE FUNCTION $schema.ever(%s, %s) RETURNS %1\$s', a, b) || body;
			FOR name IN SELECT DISTINCT o.oprname FROM pg_operator o WHERE o.oprkind = 'b' AND o.oprname ~ '^([<>=!~*+/%|&#@?^-]{1,3})\$' AND o.oprname !~ '[@?^#]' LOOP
				EXECUTE format('CREATE OPERATOR $schema.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = $schema.%s)', name, a, b, CASE WHEN name ~ '^[-+*/%]\$|^[|][|]\$' THEN 'ever' ELSE 'never' END);
				made := made + 1;
			END LOOP;
		END LOOP;
		FOREACH name IN ARRAY ARRAY['-', '+', '~'] LOOP
			EXECUTE format('CREATE OPERATOR $schema.%s (RIGHTARG = %s, FUNCTION = $schema.never)', name, a);
		END LOOP;
	END LOOP;
	FOR name IN SELECT DISTINCT p.proname FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname = ANY (ARRAY[$names]) LOOP
		FOREACH a IN ARRAY types LOOP
			EXECUTE format('CREATE FUNCTION $schema.%I(%s) RETURNS %2\$s', name, a) || body;
			FOREACH b IN ARRAY ARRAY['text', 'integer', 'bigint', 'interval', 'timestamptz', a] LOOP
				IF to_regprocedure(format('$schema.%I(%s,%s)', name, a, b)) IS NULL THEN
					EXECUTE format('CREATE FUNCTION $schema.%I(%s, %s) RETURNS %2\$s', name, a, b) || body;
				END IF;
			END LOOP;
			made := made + 7;
		END LOOP;
		EXECUTE format('CREATE FUNCTION $schema.%I() RETURNS text', name) || body;
	END LOOP;
	RAISE NOTICE '% objects', made;
END
\$do\$;
SQL
}

# The same for types.
sub hostile_domains
{
	my ($schema) = @_;
	return <<"SQL";
SET search_path = pg_catalog;
CREATE FUNCTION $schema.trap(v text) RETURNS boolean LANGUAGE plpgsql AS \$f\$ BEGIN RAISE EXCEPTION 'caught'; END \$f\$;
DO \$do\$
DECLARE
	name text;
BEGIN
	FOR name IN SELECT t.typname FROM pg_type t WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype IN ('b', 'p') AND t.typname !~ '^_' LOOP
		EXECUTE format('CREATE DOMAIN $schema.%I AS pg_catalog.text CHECK ($schema.trap(VALUE))', name);
	END LOOP;
END
\$do\$;
SQL
}

# On which of them, of one owner, members of the extension, views, policies and
# constraints depend
sub caught
{
	my ($owner) = @_;
	return <<"SQL";
SELECT DISTINCT pg_describe_object(d.classid, d.objid, 0) || ' uses ' || pg_describe_object(d.refclassid, d.refobjid, 0)
FROM pg_depend d
WHERE d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass)
	AND d.refobjid IN (
		SELECT p.oid FROM pg_proc p WHERE p.proowner = '$owner'::regrole
		UNION ALL SELECT o.oid FROM pg_operator o WHERE o.oprowner = '$owner'::regrole
		UNION ALL SELECT t.oid FROM pg_type t WHERE t.typowner = '$owner'::regrole)
	-- those that are not ours
	AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.refclassid AND e.objid = d.refobjid AND e.deptype = 'e')
	-- but used by what is
	AND (EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype = 'e')
		OR d.classid = 'pg_rewrite'::regclass OR d.classid = 'pg_policy'::regclass OR d.classid = 'pg_constraint'::regclass AND EXISTS (SELECT FROM pg_constraint c WHERE c.oid = d.objid AND c.conrelid <> 0)
		OR d.classid = 'pg_attrdef'::regclass)
ORDER BY 1
SQL
}

1;
