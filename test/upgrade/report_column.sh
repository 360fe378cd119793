# One more OUT column of a report, shown by the view that stands on it.
edit sql/report/daily.sql 's/helps bigint, list_growth bigint)/helps bigint, list_growth bigint, answers bigint)/'
edit sql/report/daily.sql 's/^\t\te.subscribes + coalesce(k.subscribes, 0) - e.unsubscribes - coalesce(k.unsubscribes, 0)$/&, e.replies + e.helps/'
edit sql/store/views/metrics/daily_metrics.sql 's/r.helps, r.list_growth$/&, r.answers/'
cat >> sql/store/views/metrics/daily_metrics.sql <<'END'
COMMENT ON COLUMN smsengage.daily_metrics.answers IS 'replies + helps';
END
