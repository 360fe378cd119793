-- The role that the loaders connect as: it reads, and nothing else.  Run by the
-- owner of the store, who must be allowed to create roles.  Instead of * for
-- all accounts, name one: the site then shows that account alone.
CREATE ROLE dashboard LOGIN;
ALTER ROLE dashboard SET default_transaction_read_only = on;
SELECT smsengage.grant_reader('dashboard', '*');
