SELECT smsengage.create_store();
CREATE FUNCTION ens(n integer, at text, person text, status text, code text) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_object('x',1) $$;
DROP FUNCTION ens;
