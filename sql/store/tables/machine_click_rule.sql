CREATE TABLE IF NOT EXISTS smsengage.machine_click_rule (
	rule_name text COLLATE "C" CONSTRAINT machine_click_rule_pkey PRIMARY KEY,
	kind text COLLATE "C" NOT NULL,
	agent_pattern text,
	clicks integer,
	seconds numeric(12,3),
	enabled boolean NOT NULL DEFAULT true,
	note text,
	CONSTRAINT machine_click_rule_check CHECK (
		kind = 'agent' AND agent_pattern <> '' AND clicks IS NULL AND seconds IS NULL AND 'x' ~* agent_pattern IS NOT NULL
		OR kind = 'burst' AND agent_pattern IS NULL AND clicks >= 2 AND seconds >= 0 AND clicks IS NOT NULL AND seconds IS NOT NULL
		OR kind = 'delay' AND agent_pattern IS NULL AND clicks IS NULL AND seconds > 0 AND seconds IS NOT NULL)
);

COMMENT ON TABLE smsengage.machine_click_rule IS 'What tells clicks by machines. May be edited at any time: reports follow at once, for the past as well.';
COMMENT ON COLUMN smsengage.machine_click_rule.rule_name IS 'Name of the rule; a click by several is labelled with the first';
COMMENT ON COLUMN smsengage.machine_click_rule.kind IS 'agent: user_agent matches agent_pattern; burst: clicks of one person (of one message, if nobody is known) within seconds; delay: sooner than seconds after the delivery, or the sending where no delivery is known, as a report of the same person, or of nobody, says';
COMMENT ON COLUMN smsengage.machine_click_rule.agent_pattern IS 'Regular expression, upper and lower case alike';
COMMENT ON COLUMN smsengage.machine_click_rule.clicks IS 'How many clicks make a burst';
COMMENT ON COLUMN smsengage.machine_click_rule.seconds IS 'Length of the burst, or of the delay';
COMMENT ON COLUMN smsengage.machine_click_rule.enabled IS 'Whether the rule is in use';
COMMENT ON COLUMN smsengage.machine_click_rule.note IS 'Why';
