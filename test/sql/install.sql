-- the extension installs as a member of its own schema
SELECT extname, n.nspname, extrelocatable
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE extname = 'smsengage';
