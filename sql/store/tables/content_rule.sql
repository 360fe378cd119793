CREATE TABLE IF NOT EXISTS smsengage.content_rule (
	account text COLLATE "C" NOT NULL DEFAULT '',
	rule text COLLATE "C" NOT NULL,
	valid_from timestamptz NOT NULL DEFAULT '-infinity',
	kind text COLLATE "C" NOT NULL DEFAULT 'contains' CONSTRAINT content_rule_kind_check CHECK (kind IN ('contains', 'word', 'regex')),
	pattern text CONSTRAINT content_rule_pattern_check CHECK (pattern <> '' AND (kind <> 'regex' OR '' ~ pattern COLLATE "C" IS NOT NULL)),
	CONSTRAINT content_rule_pkey PRIMARY KEY (account, rule, valid_from)
);

COMMENT ON TABLE smsengage.content_rule IS 'What must not stand in a text; versions by valid_from.';
COMMENT ON COLUMN smsengage.content_rule.account IS 'Account it holds for; empty: all';
COMMENT ON COLUMN smsengage.content_rule.rule IS 'Name of the rule';
COMMENT ON COLUMN smsengage.content_rule.valid_from IS 'From when on this version holds';
COMMENT ON COLUMN smsengage.content_rule.kind IS 'contains: anywhere in the text; word: as whole words; regex: a regular expression. The first two compare as keywords are compared: case, composition and width do not count';
COMMENT ON COLUMN smsengage.content_rule.pattern IS 'What must not be found; NULL: the rule no longer holds';
