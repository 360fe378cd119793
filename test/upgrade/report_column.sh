# One more OUT column of a report, shown by the view that stands on it.
edit sql/report/daily.sql 's/opt_outs bigint, list_growth bigint)$/opt_outs bigint, list_growth bigint, answers bigint)/'
edit sql/report/daily.sql 's/coalesce(g.opt_ins - g.opt_outs, 0)$/&, e.replies + e.helps/'
edit sql/store/views/metrics/daily_metrics.sql 's/r.opt_outs, r.list_growth$/&, r.answers/'
cat >> sql/store/views/metrics/daily_metrics.sql <<'END'
COMMENT ON COLUMN smsengage.daily_metrics.answers IS 'replies + helps';
END
