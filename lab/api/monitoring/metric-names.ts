/** Metrics of droplets by their names in paths, each with the name of its call in the document. */
export const DROPLET_METRICS = {
  cpu: 'monitoring_get_DropletCpuMetrics',
  filesystem_free: 'monitoring_get_dropletFilesystemFreeMetrics',
  filesystem_size: 'monitoring_get_dropletFilesystemSizeMetrics',
  load_1: 'monitoring_get_dropletLoad1Metrics',
  load_5: 'monitoring_get_dropletLoad5Metrics',
  load_15: 'monitoring_get_dropletLoad15Metrics',
  memory_cached: 'monitoring_get_dropletMemoryCachedMetrics',
  memory_free: 'monitoring_get_dropletMemoryFreeMetrics',
  memory_total: 'monitoring_get_dropletMemoryTotalMetrics',
  memory_available: 'monitoring_get_dropletMemoryAvailableMetrics',
} as const;

/** Metrics of load balancers that are always empty. */
export const BALANCER_METRICS = [
  ...['frontend_connections_current', 'frontend_connections_limit', 'frontend_cpu_utilization'],
  ...['frontend_firewall_dropped_bytes', 'frontend_firewall_dropped_packets', 'frontend_http_responses'],
  ...['frontend_http_requests_per_second', 'frontend_network_throughput_http'],
  ...['frontend_network_throughput_udp', 'frontend_network_throughput_tcp'],
  ...['frontend_nlb_tcp_network_throughput', 'frontend_nlb_udp_network_throughput'],
  ...['frontend_tls_connections_current', 'frontend_tls_connections_limit'],
  'frontend_tls_connections_exceeding_rate_limit',
  ...['droplets_http_session_duration_avg', 'droplets_http_session_duration_50p'],
  ...['droplets_http_session_duration_95p', 'droplets_http_response_time_avg'],
  ...['droplets_http_response_time_50p', 'droplets_http_response_time_95p'],
  ...['droplets_http_response_time_99p', 'droplets_queue_size', 'droplets_http_responses'],
  ...['droplets_connections', 'droplets_downtime'],
] as const;
