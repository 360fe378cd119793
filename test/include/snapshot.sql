-- Everything that makes a member of the extension or an object of the store
-- what it is, as lines that two databases can be compared by.  Columns go by
-- name: an upgrade appends them, a fresh table has them in their place.
CREATE FUNCTION public.snapshot() RETURNS TABLE (line text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH member AS (
		SELECT d.classid, d.objid, o.type, o.identity
		FROM pg_depend d
		JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'smsengage'
		CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) o
		WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
	), object AS (
		-- members and, as relations, what create_store() made
		SELECT * FROM member
		UNION
		SELECT 'pg_class'::regclass::oid, c.oid, o.type, o.identity
		FROM pg_class c CROSS JOIN LATERAL pg_identify_object('pg_class'::regclass, c.oid, 0) o
		WHERE c.relnamespace = 'smsengage'::regnamespace
		UNION
		SELECT 'pg_proc'::regclass::oid, p.oid, o.type, o.identity
		FROM pg_proc p CROSS JOIN LATERAL pg_identify_object('pg_proc'::regclass, p.oid, 0) o
		WHERE p.pronamespace::regnamespace::text IN ('smsengage', 'smsengage_internal')
	), fact (kind, identity, detail) AS (
		SELECT type, identity,
			   concat_ws(' / ', obj_description(objid, (SELECT relname FROM pg_class WHERE oid = classid)),
						 CASE classid
							 WHEN 'pg_proc'::regclass THEN (SELECT array_agg(a ORDER BY a::text)::text FROM pg_proc, unnest(coalesce(proacl, acldefault('f', proowner))) a WHERE oid = objid)
							 WHEN 'pg_class'::regclass THEN (SELECT concat_ws(' ', relkind, relpersistence, relreplident, relrowsecurity, relispartition, reloptions,
										(SELECT array_agg(a ORDER BY a::text) FROM unnest(relacl) a)) FROM pg_class WHERE oid = objid)
							 WHEN 'pg_type'::regclass THEN (SELECT typacl::text FROM pg_type WHERE oid = objid) END)
		FROM object
		UNION ALL
		SELECT 'function body', identity,
			   CASE prokind WHEN 'a' THEN
					(SELECT format('%s %s %s %s %s %s', aggtransfn, aggfinalfn, aggcombinefn, aggtranstype::regtype, agginitval, aggfinalmodify)
					 FROM pg_aggregate WHERE aggfnoid = p.oid)
					ELSE pg_get_functiondef(p.oid) END
			   || format(' cost=%s rows=%s parallel=%s strict=%s', procost, prorows, proparallel, proisstrict)
		FROM object JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid
		UNION ALL
		SELECT 'type body', identity,
			   format('%s %s %s %s %s in=%s out=%s recv=%s send=%s cat=%s', typlen, typbyval, typtype, typalign, typstorage,
					  typinput, typoutput, typreceive, typsend, typcategory)
		FROM object JOIN pg_type t ON classid = 'pg_type'::regclass AND objid = t.oid
		UNION ALL
		SELECT 'operator body', identity,
			   format('%s com=%s neg=%s rest=%s join=%s hash=%s merge=%s', oprcode, oprcom::regoperator, oprnegate::regoperator,
					  oprrest, oprjoin, oprcanhash, oprcanmerge)
		FROM object JOIN pg_operator o ON classid = 'pg_operator'::regclass AND objid = o.oid
		UNION ALL
		SELECT 'opfamily operator', identity, format('%s %s %s', amopstrategy, amopopr::regoperator, amoppurpose)
		FROM object JOIN pg_amop a ON classid = 'pg_opfamily'::regclass AND objid = a.amopfamily
		UNION ALL
		SELECT 'opfamily function', identity, format('%s %s %s %s', amprocnum, amproclefttype::regtype, amprocrighttype::regtype, amproc)
		FROM object JOIN pg_amproc a ON classid = 'pg_opfamily'::regclass AND objid = a.amprocfamily
		UNION ALL
		SELECT 'opclass body', identity, format('default=%s in=%s key=%s', opcdefault, opcintype::regtype, opckeytype::regtype)
		FROM object JOIN pg_opclass c ON classid = 'pg_opclass'::regclass AND objid = c.oid
		UNION ALL
		SELECT 'cast body', identity, format('%s %s %s', castfunc::regprocedure, castcontext, castmethod)
		FROM object JOIN pg_cast c ON classid = 'pg_cast'::regclass AND objid = c.oid
		UNION ALL
		SELECT 'column', identity, format('%s %s null=%s default=%s storage=%s collation=%s comment=%s', attname,
										  format_type(atttypid, atttypmod), NOT attnotnull, pg_get_expr(adbin, adrelid),
										  attstorage, attcollation::regcollation, col_description(attrelid, attnum))
		FROM object JOIN pg_attribute a ON classid = 'pg_class'::regclass AND objid = attrelid AND attnum > 0 AND NOT attisdropped
		LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
		UNION ALL
		SELECT 'attribute', identity, format('%s %s %s', attnum, attname, format_type(atttypid, atttypmod))
		FROM object JOIN pg_type t ON classid = 'pg_type'::regclass AND t.oid = objid AND typtype = 'c'
		JOIN pg_attribute a ON attrelid = typrelid AND attnum > 0 AND NOT attisdropped
		UNION ALL
		SELECT 'constraint', identity, conname || ' ' || pg_get_constraintdef(c.oid)
		FROM object JOIN pg_constraint c ON classid = 'pg_class'::regclass AND objid = conrelid
		UNION ALL
		SELECT 'index', identity, pg_get_indexdef(indexrelid)
		FROM object JOIN pg_index ON classid = 'pg_class'::regclass AND objid = indrelid
		UNION ALL
		-- masked views have all columns of a table, in its order: of them the words
		SELECT 'view body', identity, CASE WHEN relname LIKE '%\_masked' THEN
				(SELECT string_agg(w, ' ' ORDER BY w) FROM regexp_split_to_table(pg_get_viewdef(objid), '[[:space:],]+') w)
				ELSE pg_get_viewdef(objid) END
		FROM object JOIN pg_class c ON classid = 'pg_class'::regclass AND objid = c.oid AND relkind IN ('v', 'm')
		UNION ALL
		SELECT 'trigger', identity, pg_get_triggerdef(t.oid)
		FROM object JOIN pg_trigger t ON classid = 'pg_class'::regclass AND objid = tgrelid AND NOT tgisinternal
		UNION ALL
		SELECT 'policy', identity, format('%s %s %s %s', polname, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
		FROM object JOIN pg_policy ON classid = 'pg_class'::regclass AND objid = polrelid
	)
	SELECT concat_ws(': ', kind, identity, replace(detail, E'\n', ' ')) FROM fact ORDER BY 1;
END;
