/** Milliseconds or messages that never come to pass: the largest number that Kafka has. */
const NEVER = 2 ** 63;
const WEEK = 7 * 24 * 3600 * 1000;

/** How a topic is set before anything of it is. */
export const TOPIC_DEFAULTS = {
  cleanup_policy: 'delete',
  compression_type: 'producer',
  delete_retention_ms: WEEK / 7,
  file_delete_delay_ms: 60_000,
  flush_messages: NEVER,
  flush_ms: NEVER,
  index_interval_bytes: 4096,
  max_compaction_lag_ms: NEVER,
  max_message_bytes: 1_048_588,
  message_down_conversion_enable: true,
  message_format_version: '3.0-IV1',
  message_timestamp_difference_max_ms: NEVER,
  message_timestamp_type: 'create_time',
  min_cleanable_dirty_ratio: 0.5,
  min_compaction_lag_ms: 0,
  min_insync_replicas: 1,
  preallocate: false,
  retention_bytes: -1,
  retention_ms: WEEK,
  segment_bytes: 209_715_200,
  segment_index_bytes: 10_485_760,
  segment_jitter_ms: 0,
  segment_ms: WEEK,
};
