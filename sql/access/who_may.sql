-- Who may execute what, decided here for every function of the extension:
-- those named here are for everybody, all others for the owner of the store.
-- The owner of the database is the owner of the store in most cases, and there
-- is a role for whoever that is, which a dump need not name. Where the store
-- belongs to another role, create_store() and migrate() let it take the right.

CREATE FUNCTION smsengage_internal.pure_functions()
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.regexp_split_to_array(pg_catalog.btrim('
		answer_meaning arrived_at at_least
		billed_parts block_codes block_end block_scope bounds_level business_days_after bytes
		callback_data_check callback_field calling_code cell_end cell_start channels chunk_of chunk_offset chunk_start consent_digest content_digest count_of
		count_people country_of
		day_bytes day_count_of day_tally day_tally_cmp day_tally_eq day_tally_ge day_tally_gt day_tally_hash day_tally_hash_extended day_tally_in day_tally_le
		day_tally_lt day_tally_ne day_tally_out day_tally_recv day_tally_send day_total decision_split default_keywords delivered_to
		delivery_issue delivery_issues delivery_merge delivery_report delivery_state_cmp delivery_state_eq delivery_state_ge delivery_state_gt
		delivery_state_hash delivery_state_hash_extended delivery_state_in delivery_state_le delivery_state_lt delivery_state_ne delivery_state_out
		delivery_state_recv delivery_state_send done_at
		entries estimate_cost event_effects event_home event_issue event_state event_subcategory event_types expected_extra
		filter_hits first_phone first_word fold_keyword fold_text funnel
		has_placeholder
		in_quarter_hour_set in_set individuals is_conflicting is_final is_permanent is_possible_number is_provider_address is_test iso_time
		keyword_language
		loud_from
		mask_id mask_key mask_name mask_number mask_text mask_url match_keyword matched_keyword may_mean maybe_respelled merge merge_message_column
		merged_message merged_reasons message_cost message_merge message_outcome message_status more_reasons
		normalize_recipient number_filter number_set number_tail numbering_source
		opt_out_scope outcome_facts
		parse parts_delivered parts_known plain_amount
		quarter_hour_cells quarter_hour_set query_of_audience quiet_until
		rate readings recipient_spellings report_message reports rule_and rule_conditions rule_not rule_or rule_segments
		same_quarter_hour same_sender seen_at segment_rule_cmp segment_rule_eq segment_rule_ge segment_rule_gt segment_rule_hash segment_rule_hash_extended
		segment_rule_in segment_rule_le segment_rule_lt segment_rule_ne segment_rule_out segment_rule_recv segment_rule_send send_earliest send_subcategory
		send_time sender_key sent_at sms_parts status_categories status_category status_class status_code status_codes status_group status_group_id
		status_subcategory sum
		tally tally_add tally_and tally_and_not tally_cmp tally_eq tally_ge tally_gt tally_hash tally_hash_extended tally_in tally_le tally_lt tally_ne
		tally_or tally_out tally_recv tally_send total
		ucs2_characters unknown_members
		verify_signature
		window_cells word_list
		zones_of', E'\n\t'), '[[:space:]]+');
END;
COMMENT ON FUNCTION smsengage_internal.pure_functions() IS 'Functions that reckon with their arguments alone: everybody may execute them. Used by set_rights().';

CREATE FUNCTION smsengage_internal.reader_functions()
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.regexp_split_to_array(pg_catalog.btrim('
		accounts_for accounts_for_all acts_for add_block agents_of_machines answered_messages any_forgotten_opt_out any_odd_spelling asked_account
		asked_messages asked_senders attributed_answers
		block_accounts block_expiry block_report blocks_at blocks_for breakdown_report
		campaign_report can_send can_send_all candidate_clicks candidate_clicks_by_tally caps_of_sending cell_sums check_migrated check_store_place
		click_hours clicks_by_machines clicks_soon_after_arrival consent_accounts consent_by_entries consent_change_counts consent_changes consent_moments
		consent_of_people consent_proof contact_accounts cost_report countries_for country_for country_report create_store
		daily_event_report daily_report day_start delivery_figures departed dispatch_plan
		end_of_caps engagement_report entered event_counts explain_membership
		facts_of_blocks facts_of_caps facts_of_consent failure_report forbidden_sends forgotten_opt_outs
		global_blocks growing_blocks
		has_send_time has_tallies health horizon
		inbox individual_number ingest_native is_blocked is_member
		journey_status
		keyword_action keyword_consents keyword_row
		labelled_clicks link_individuals link_report log_not_sent
		machine_clicks masked_rows may_commit message_responses messages_against messages_in_doubt messages_sent migrate moments_for_all moments_of_others
		not_migrated number_by_hand numbers_asked numbers_between numbers_of_people
		odd_spellings open_revocations opt_out_reaches opt_outs_for_all opt_outs_of_others opted_out_of_reached other_spellings outcome_counts outcome_rows
		outcomes_are_counted own_functions
		people_by_consent people_clicking_beside_events people_clicking_beside_events_of_days people_with_bursts plans_for_accounts plans_for_administration
		plans_for_everything pool_of provider_report
		record_consent replay_block_policy report_bounds respelled_audience response_report rule_window ruled_account rules_of_sending
		said_by_audience save_segment scope_at scope_of_consent scopes_of_consent sees_everything segment segment_change segment_changes segment_history
		segment_overlap segment_recipients segment_size sender_report senders_of shared_names spellings_of state_of_consent store_exists store_is_distributed
		store_migrations submit subscription_state
		take_execute takes_back time_to_deliver
		unblock
		visible_accounts visible_blocks', E'\n\t'), '[[:space:]]+');
END;
COMMENT ON FUNCTION smsengage_internal.reader_functions() IS 'Functions that read with the rights of their caller, or ask who calls before they write: everybody may execute them. Used by set_rights().';

CREATE FUNCTION smsengage_internal.set_rights()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	function record;
BEGIN
	FOR function IN
		SELECT p.oid::regprocedure AS name, p.proname = ANY (smsengage_internal.pure_functions() || smsengage_internal.reader_functions()) AS is_public, p.proacl
		FROM pg_proc p
		JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
		JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'smsengage'
	LOOP
		IF NOT function.is_public THEN
			EXECUTE format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', function.name);
			EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO pg_database_owner', function.name);
		ELSIF function.proacl IS NOT NULL THEN
			-- an update gave it to everybody: as if it had always been so
			EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO PUBLIC', function.name);
			EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM pg_database_owner', function.name);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION smsengage_internal.set_rights() IS 'Takes EXECUTE from PUBLIC but for pure_functions() and reader_functions(), and grants it to the owner of the database. Used by the install script and update scripts, at their end.';

SELECT smsengage_internal.set_rights();
