/** Every call of the API in DigitalOcean's published document, as of commit 7c1300c; made by compatibility/published.ts. */
export const PUBLISHED_CALLS = `
/v2/1-clicks GET
/v2/1-clicks/kubernetes POST
/v2/account GET
/v2/account/keys GET POST
/v2/account/keys/:ssh_key_identifier GET PUT DELETE
/v2/actions GET
/v2/actions/:action_id GET
/v2/add-ons/apps GET
/v2/add-ons/apps/:app_slug/metadata GET
/v2/add-ons/saas GET POST
/v2/add-ons/saas/:resource_uuid GET PATCH DELETE
/v2/add-ons/saas/:resource_uuid/plan PATCH
/v2/apps GET POST
/v2/apps/:id GET PUT DELETE
/v2/apps/:app_id/restart POST
/v2/apps/:app_id/components/:component_name/logs GET
/v2/apps/:app_id/components/:component_name/exec GET
/v2/apps/:app_id/instances GET
/v2/apps/:app_id/deployments GET POST
/v2/apps/:app_id/deployments/:deployment_id GET
/v2/apps/:app_id/deployments/:deployment_id/cancel POST
/v2/apps/:app_id/deployments/:deployment_id/components/:component_name/logs GET
/v2/apps/:app_id/deployments/:deployment_id/logs GET
/v2/apps/:app_id/deployments/:deployment_id/components/:component_name/exec GET
/v2/apps/:app_id/logs GET
/v2/apps/:app_id/job-invocations GET
/v2/apps/:app_id/job-invocations/:job_invocation_id GET
/v2/apps/:app_id/job-invocations/:job_invocation_id/cancel POST
/v2/apps/:app_id/jobs/:job_name/invocations/:job_invocation_id/logs GET
/v2/apps/:app_id/events GET
/v2/apps/:app_id/events/:event_id GET
/v2/apps/:app_id/events/:event_id/cancel POST
/v2/apps/:app_id/events/:event_id/logs GET
/v2/apps/tiers/instance_sizes GET
/v2/apps/tiers/instance_sizes/:slug GET
/v2/apps/regions GET
/v2/apps/propose POST
/v2/apps/:app_id/alerts GET
/v2/apps/:app_id/alerts/:alert_id/destinations POST
/v2/apps/:app_id/rollback POST
/v2/apps/:app_id/rollback/validate POST
/v2/apps/:app_id/rollback/commit POST
/v2/apps/:app_id/rollback/revert POST
/v2/apps/:app_id/metrics/bandwidth_daily GET
/v2/apps/metrics/bandwidth_daily POST
/v2/apps/:app_id/health GET
/v2/cdn/endpoints GET POST
/v2/cdn/endpoints/:cdn_id GET PUT DELETE
/v2/cdn/endpoints/:cdn_id/cache DELETE
/v2/certificates GET POST
/v2/certificates/:certificate_id GET DELETE
/v2/customers/my/balance GET
/v2/customers/my/billing_history GET
/v2/customers/my/invoices GET
/v2/customers/my/invoices/:invoice_uuid GET
/v2/customers/my/invoices/:invoice_uuid/csv GET
/v2/customers/my/invoices/:invoice_uuid/pdf GET
/v2/customers/my/invoices/:invoice_uuid/summary GET
/v2/billing/:account_urn/insights/:start_date/:end_date GET
/v2/databases/options GET
/v2/databases GET POST
/v2/databases/:database_cluster_uuid GET DELETE
/v2/databases/:database_cluster_uuid/config GET PATCH
/v2/databases/:database_cluster_uuid/ca GET
/v2/databases/:database_cluster_uuid/online-migration GET PUT
/v2/databases/:database_cluster_uuid/online-migration/:migration_id DELETE
/v2/databases/:database_cluster_uuid/migrate PUT
/v2/databases/:database_cluster_uuid/resize PUT
/v2/databases/:database_cluster_uuid/firewall GET PUT
/v2/databases/:database_cluster_uuid/do_settings GET PUT
/v2/databases/:database_cluster_uuid/maintenance PUT
/v2/databases/:database_cluster_uuid/install_update PUT
/v2/databases/:database_cluster_uuid/backups GET
/v2/databases/:database_cluster_uuid/replicas GET POST
/v2/databases/:database_cluster_uuid/events GET
/v2/databases/:database_cluster_uuid/replicas/:replica_name GET DELETE
/v2/databases/:database_cluster_uuid/replicas/:replica_name/promote PUT
/v2/databases/:database_cluster_uuid/users GET POST
/v2/databases/:database_cluster_uuid/users/:username GET PUT DELETE
/v2/databases/:database_cluster_uuid/users/:username/reset_auth POST
/v2/databases/:database_cluster_uuid/dbs GET POST
/v2/databases/:database_cluster_uuid/dbs/:database_name GET DELETE
/v2/databases/:database_cluster_uuid/pools GET POST
/v2/databases/:database_cluster_uuid/pools/:pool_name GET PUT DELETE
/v2/databases/:database_cluster_uuid/eviction_policy GET PUT
/v2/databases/:database_cluster_uuid/sql_mode GET PUT
/v2/databases/:database_cluster_uuid/upgrade PUT
/v2/databases/:database_cluster_uuid/autoscale GET PUT
/v2/databases/:database_cluster_uuid/topics GET POST
/v2/databases/:database_cluster_uuid/topics/:topic_name GET PUT DELETE
/v2/databases/:database_cluster_uuid/logsink GET POST
/v2/databases/:database_cluster_uuid/logsink/:logsink_id GET PUT DELETE
/v2/databases/:database_cluster_uuid/schema-registry GET POST
/v2/databases/:database_cluster_uuid/schema-registry/:subject_name GET DELETE
/v2/databases/:database_cluster_uuid/schema-registry/:subject_name/versions/:version GET
/v2/databases/:database_cluster_uuid/schema-registry/config GET PUT
/v2/databases/:database_cluster_uuid/schema-registry/config/:subject_name GET PUT
/v2/databases/metrics/credentials GET PUT
/v2/databases/:database_cluster_uuid/indexes GET
/v2/databases/:database_cluster_uuid/indexes/:index_name DELETE
/v2/dedicated-inferences/:dedicated_inference_id GET PATCH DELETE
/v2/dedicated-inferences GET POST
/v2/dedicated-inferences/:dedicated_inference_id/accelerators GET
/v2/dedicated-inferences/:dedicated_inference_id/accelerators/:accelerator_id GET
/v2/dedicated-inferences/:dedicated_inference_id/ca GET
/v2/dedicated-inferences/:dedicated_inference_id/tokens GET POST
/v2/dedicated-inferences/:dedicated_inference_id/tokens/:token_id DELETE
/v2/dedicated-inferences/sizes GET
/v2/dedicated-inferences/gpu-model-config GET
/v2/domains GET POST
/v2/domains/:domain_name GET DELETE
/v2/domains/:domain_name/records GET POST
/v2/domains/:domain_name/records/:domain_record_id GET PUT PATCH DELETE
/v2/droplets GET POST DELETE
/v2/droplets/:droplet_id GET DELETE
/v2/droplets/:droplet_id/backups GET
/v2/droplets/:droplet_id/backups/policy GET
/v2/droplets/backups/policies GET
/v2/droplets/backups/supported_policies GET
/v2/droplets/:droplet_id/snapshots GET
/v2/droplets/:droplet_id/actions GET POST
/v2/droplets/actions POST
/v2/droplets/:droplet_id/actions/:action_id GET
/v2/droplets/:droplet_id/kernels GET
/v2/droplets/:droplet_id/firewalls GET
/v2/droplets/:droplet_id/neighbors GET
/v2/droplets/:droplet_id/destroy_with_associated_resources GET
/v2/droplets/:droplet_id/destroy_with_associated_resources/selective DELETE
/v2/droplets/:droplet_id/destroy_with_associated_resources/dangerous DELETE
/v2/droplets/:droplet_id/destroy_with_associated_resources/status GET
/v2/droplets/:droplet_id/destroy_with_associated_resources/retry POST
/v2/droplets/autoscale GET POST
/v2/droplets/autoscale/:autoscale_pool_id GET PUT DELETE
/v2/droplets/autoscale/:autoscale_pool_id/dangerous DELETE
/v2/droplets/autoscale/:autoscale_pool_id/members GET
/v2/droplets/autoscale/:autoscale_pool_id/history GET
/v2/firewalls GET POST
/v2/firewalls/:firewall_id GET PUT DELETE
/v2/firewalls/:firewall_id/droplets POST DELETE
/v2/firewalls/:firewall_id/tags POST DELETE
/v2/firewalls/:firewall_id/rules POST DELETE
/v2/floating_ips GET POST
/v2/floating_ips/:floating_ip GET DELETE
/v2/floating_ips/:floating_ip/actions GET POST
/v2/floating_ips/:floating_ip/actions/:action_id GET
/v2/functions/namespaces GET POST
/v2/functions/namespaces/:namespace_id GET DELETE
/v2/functions/namespaces/:namespace_id/triggers GET POST
/v2/functions/namespaces/:namespace_id/triggers/:trigger_name GET PUT DELETE
/v2/functions/namespaces/:namespace_id/keys GET POST
/v2/functions/namespaces/:namespace_id/keys/:key_id PUT DELETE
/v2/images GET POST
/v2/images/:image_id GET PUT DELETE
/v2/images/:image_id/account_transfer POST
/v2/images/:image_id/account_transfer/accept POST
/v2/images/:image_id/account_transfer/cancel POST
/v2/images/:image_id/account_transfer/decline POST
/v2/images/:image_id/actions GET POST
/v2/images/:image_id/actions/:action_id GET
/v2/kubernetes/clusters GET POST
/v2/kubernetes/clusters/:cluster_id GET PUT DELETE
/v2/kubernetes/clusters/:cluster_id/destroy_with_associated_resources GET
/v2/kubernetes/clusters/:cluster_id/destroy_with_associated_resources/selective DELETE
/v2/kubernetes/clusters/:cluster_id/destroy_with_associated_resources/dangerous DELETE
/v2/kubernetes/clusters/:cluster_id/kubeconfig GET
/v2/kubernetes/clusters/:cluster_id/credentials GET
/v2/kubernetes/clusters/:cluster_id/upgrades GET
/v2/kubernetes/clusters/:cluster_id/upgrade POST
/v2/kubernetes/clusters/:cluster_id/node_pools GET POST
/v2/kubernetes/clusters/:cluster_id/node_pools/:node_pool_id GET PUT DELETE
/v2/kubernetes/clusters/:cluster_id/node_pools/:node_pool_id/nodes/:node_id DELETE
/v2/kubernetes/clusters/:cluster_id/node_pools/:node_pool_id/recycle POST
/v2/kubernetes/clusters/:cluster_id/user GET
/v2/kubernetes/options GET
/v2/kubernetes/clusters/:cluster_id/clusterlint GET POST
/v2/kubernetes/registry POST DELETE
/v2/kubernetes/registries POST DELETE
/v2/kubernetes/clusters/:cluster_id/status_messages GET
/v2/load_balancers GET POST
/v2/load_balancers/:lb_id GET PUT DELETE
/v2/load_balancers/:lb_id/cache DELETE
/v2/load_balancers/:lb_id/droplets POST DELETE
/v2/load_balancers/:lb_id/forwarding_rules POST DELETE
/v2/monitoring/alerts GET POST
/v2/monitoring/alerts/:alert_uuid GET PUT DELETE
/v2/monitoring/metrics/droplet/bandwidth GET
/v2/monitoring/metrics/droplet/cpu GET
/v2/monitoring/metrics/droplet/filesystem_free GET
/v2/monitoring/metrics/droplet/filesystem_size GET
/v2/monitoring/metrics/droplet/load_1 GET
/v2/monitoring/metrics/droplet/load_5 GET
/v2/monitoring/metrics/droplet/load_15 GET
/v2/monitoring/metrics/droplet/memory_cached GET
/v2/monitoring/metrics/droplet/memory_free GET
/v2/monitoring/metrics/droplet/memory_total GET
/v2/monitoring/metrics/droplet/memory_available GET
/v2/monitoring/metrics/apps/memory_percentage GET
/v2/monitoring/metrics/apps/cpu_percentage GET
/v2/monitoring/metrics/apps/restart_count GET
/v2/monitoring/metrics/load_balancer/frontend_connections_current GET
/v2/monitoring/metrics/load_balancer/frontend_connections_limit GET
/v2/monitoring/metrics/load_balancer/frontend_cpu_utilization GET
/v2/monitoring/metrics/load_balancer/frontend_firewall_dropped_bytes GET
/v2/monitoring/metrics/load_balancer/frontend_firewall_dropped_packets GET
/v2/monitoring/metrics/load_balancer/frontend_http_responses GET
/v2/monitoring/metrics/load_balancer/frontend_http_requests_per_second GET
/v2/monitoring/metrics/load_balancer/frontend_network_throughput_http GET
/v2/monitoring/metrics/load_balancer/frontend_network_throughput_udp GET
/v2/monitoring/metrics/load_balancer/frontend_network_throughput_tcp GET
/v2/monitoring/metrics/load_balancer/frontend_nlb_tcp_network_throughput GET
/v2/monitoring/metrics/load_balancer/frontend_nlb_udp_network_throughput GET
/v2/monitoring/metrics/load_balancer/frontend_tls_connections_current GET
/v2/monitoring/metrics/load_balancer/frontend_tls_connections_limit GET
/v2/monitoring/metrics/load_balancer/frontend_tls_connections_exceeding_rate_limit GET
/v2/monitoring/metrics/load_balancer/droplets_http_session_duration_avg GET
/v2/monitoring/metrics/load_balancer/droplets_http_session_duration_50p GET
/v2/monitoring/metrics/load_balancer/droplets_http_session_duration_95p GET
/v2/monitoring/metrics/load_balancer/droplets_http_response_time_avg GET
/v2/monitoring/metrics/load_balancer/droplets_http_response_time_50p GET
/v2/monitoring/metrics/load_balancer/droplets_http_response_time_95p GET
/v2/monitoring/metrics/load_balancer/droplets_http_response_time_99p GET
/v2/monitoring/metrics/load_balancer/droplets_queue_size GET
/v2/monitoring/metrics/load_balancer/droplets_http_responses GET
/v2/monitoring/metrics/load_balancer/droplets_connections GET
/v2/monitoring/metrics/load_balancer/droplets_health_checks GET
/v2/monitoring/metrics/load_balancer/droplets_downtime GET
/v2/monitoring/metrics/droplet_autoscale/current_instances GET
/v2/monitoring/metrics/droplet_autoscale/target_instances GET
/v2/monitoring/metrics/droplet_autoscale/current_cpu_utilization GET
/v2/monitoring/metrics/droplet_autoscale/target_cpu_utilization GET
/v2/monitoring/metrics/droplet_autoscale/current_memory_utilization GET
/v2/monitoring/metrics/droplet_autoscale/target_memory_utilization GET
/v2/monitoring/metrics/database/mysql/cpu_usage GET
/v2/monitoring/metrics/database/mysql/load GET
/v2/monitoring/metrics/database/mysql/memory_usage GET
/v2/monitoring/metrics/database/mysql/disk_usage GET
/v2/monitoring/metrics/database/mysql/threads_connected GET
/v2/monitoring/metrics/database/mysql/threads_created_rate GET
/v2/monitoring/metrics/database/mysql/threads_active GET
/v2/monitoring/metrics/database/mysql/index_vs_sequential_reads GET
/v2/monitoring/metrics/database/mysql/op_rates GET
/v2/monitoring/metrics/database/mysql/schema_throughput GET
/v2/monitoring/metrics/database/mysql/schema_latency GET
/v2/monitoring/sinks/destinations GET POST
/v2/monitoring/sinks/destinations/:destination_uuid GET POST DELETE
/v2/monitoring/sinks GET POST
/v2/monitoring/sinks/:sink_uuid GET DELETE
/v2/nfs GET POST
/v2/nfs/:nfs_id GET DELETE
/v2/nfs/:nfs_id/actions POST
/v2/nfs/snapshots GET
/v2/nfs/snapshots/:nfs_snapshot_id GET DELETE
/v2/nfs/shares/:share_id/access_points GET POST
/v2/nfs/access_points/:access_point_id GET DELETE
/v2/organizations/team POST
/v2/organizations/teams GET
/v2/partner_network_connect/attachments GET POST
/v2/partner_network_connect/attachments/:pa_id GET PATCH DELETE
/v2/partner_network_connect/attachments/:pa_id/bgp_auth_key GET
/v2/partner_network_connect/attachments/:pa_id/remote_routes GET
/v2/partner_network_connect/attachments/:pa_id/service_key GET POST
/v2/projects GET POST
/v2/projects/default GET PUT PATCH
/v2/projects/:project_id GET PUT PATCH DELETE
/v2/projects/:project_id/resources GET POST
/v2/projects/default/resources GET POST
/v2/regions GET
/v2/registries GET POST
/v2/registries/:registry_name GET DELETE
/v2/registries/:registry_name/docker-credentials GET
/v2/registries/subscription GET POST
/v2/registries/options GET
/v2/registries/:registry_name/garbage-collection GET POST
/v2/registries/:registry_name/garbage-collections GET
/v2/registries/:registry_name/garbage-collection/:garbage_collection_uuid PUT
/v2/registries/:registry_name/repositoriesV2 GET
/v2/registries/:registry_name/repositories/:repository_name DELETE
/v2/registries/:registry_name/repositories/:repository_name/tags GET
/v2/registries/:registry_name/repositories/:repository_name/tags/:repository_tag DELETE
/v2/registries/:registry_name/repositories/:repository_name/digests GET
/v2/registries/:registry_name/repositories/:repository_name/digests/:manifest_digest DELETE
/v2/registries/validate-name POST
/v2/registry GET POST DELETE
/v2/registry/subscription GET POST
/v2/registry/docker-credentials GET
/v2/registry/validate-name POST
/v2/registry/:registry_name/repositories GET
/v2/registry/:registry_name/repositoriesV2 GET
/v2/registry/:registry_name/repositories/:repository_name/tags GET
/v2/registry/:registry_name/repositories/:repository_name/tags/:repository_tag DELETE
/v2/registry/:registry_name/repositories/:repository_name/digests GET
/v2/registry/:registry_name/repositories/:repository_name/digests/:manifest_digest DELETE
/v2/registry/:registry_name/garbage-collection GET POST
/v2/registry/:registry_name/garbage-collections GET
/v2/registry/:registry_name/garbage-collection/:garbage_collection_uuid PUT
/v2/registry/options GET
/v2/reports/droplet_neighbors_ids GET
/v2/reserved_ips GET POST
/v2/reserved_ips/:reserved_ip GET DELETE
/v2/reserved_ips/:reserved_ip/actions GET POST
/v2/reserved_ips/:reserved_ip/actions/:action_id GET
/v2/reserved_ipv6 GET POST
/v2/reserved_ipv6/:reserved_ipv6 GET DELETE
/v2/reserved_ipv6/:reserved_ipv6/actions POST
/v2/byoip_prefixes GET POST
/v2/byoip_prefixes/:byoip_prefix_uuid GET PATCH DELETE
/v2/byoip_prefixes/:byoip_prefix_uuid/ips GET
/v2/security/scans GET POST
/v2/security/scans/:scan_id GET
/v2/security/scans/latest GET
/v2/security/scans/rules POST
/v2/security/scans/:scan_id/findings/:finding_uuid/affected_resources GET
/v2/security/settings GET
/v2/security/settings/plan PUT
/v2/security/settings/suppressions POST
/v2/security/settings/suppressions/:suppression_uuid DELETE
/v2/sizes GET
/v2/snapshots GET
/v2/snapshots/:snapshot_id GET DELETE
/v2/spaces/keys GET POST
/v2/spaces/keys/:access_key GET PUT PATCH DELETE
/v2/tags GET POST
/v2/tags/:tag_id GET DELETE
/v2/tags/:tag_id/resources POST DELETE
/v2/vector-databases GET POST
/v2/vector-databases/:id GET PUT DELETE
/v2/vector-databases/:id/backups GET
/v2/vector-databases/:id/backups/:backup_id/restore GET POST
/v2/vector-databases/:id/credentials GET
/v2/vector-databases/:id/resize POST
/v2/vector-databases/:id/tags PUT
/v2/volumes GET POST DELETE
/v2/volumes/actions POST
/v2/volumes/snapshots/:snapshot_id GET DELETE
/v2/volumes/:volume_id GET DELETE
/v2/volumes/:volume_id/actions GET POST
/v2/volumes/:volume_id/actions/:action_id GET
/v2/volumes/:volume_id/snapshots GET POST
/v2/vpcs GET POST
/v2/vpcs/:vpc_id GET PUT PATCH DELETE
/v2/vpcs/:vpc_id/members GET
/v2/vpcs/:vpc_id/peerings GET POST
/v2/vpcs/:vpc_id/peerings/:vpc_peering_id PATCH
/v2/vpc_peerings GET POST
/v2/vpc_peerings/:vpc_peering_id GET PATCH DELETE
/v2/vpc_nat_gateways GET POST
/v2/vpc_nat_gateways/:id GET PUT DELETE
/v2/uptime/checks GET POST
/v2/uptime/checks/:check_id GET PUT DELETE
/v2/uptime/checks/:check_id/state GET
/v2/uptime/checks/:check_id/alerts GET POST
/v2/uptime/checks/:check_id/alerts/:alert_id GET PUT DELETE
/v2/gen-ai/agents GET POST
/v2/gen-ai/agents/:agent_uuid/api_keys GET POST
/v2/gen-ai/agents/:agent_uuid/api_keys/:api_key_uuid PUT DELETE
/v2/gen-ai/agents/:agent_uuid/api_keys/:api_key_uuid/regenerate PUT
/v2/gen-ai/agents/:agent_uuid/functions POST
/v2/gen-ai/agents/:agent_uuid/functions/:function_uuid PUT DELETE
/v2/gen-ai/agents/:agent_uuid/guardrails POST
/v2/gen-ai/agents/:agent_uuid/guardrails/:guardrail_uuid DELETE
/v2/gen-ai/agents/:agent_uuid/knowledge_bases POST
/v2/gen-ai/agents/:agent_uuid/knowledge_bases/:knowledge_base_uuid POST DELETE
/v2/gen-ai/agents/:parent_agent_uuid/child_agents/:child_agent_uuid POST PUT DELETE
/v2/gen-ai/agents/:uuid GET PUT DELETE
/v2/gen-ai/agents/:uuid/child_agents GET
/v2/gen-ai/agents/:uuid/deployment_visibility PUT
/v2/gen-ai/agents/:uuid/usage GET
/v2/gen-ai/agents/:uuid/versions GET PUT
/v2/gen-ai/anthropic/keys GET POST
/v2/gen-ai/anthropic/keys/:api_key_uuid GET PUT DELETE
/v2/gen-ai/anthropic/keys/:uuid/agents GET
/v2/gen-ai/custom_models GET
/v2/gen-ai/custom_models/import POST
/v2/gen-ai/custom_models/:uuid GET DELETE
/v2/gen-ai/custom_models/:uuid/metadata PATCH
/v2/gen-ai/evaluation_datasets GET POST
/v2/gen-ai/evaluation_datasets/file_upload_presigned_urls POST
/v2/gen-ai/evaluation_datasets/:dataset_uuid DELETE
/v2/gen-ai/evaluation_datasets/:dataset_uuid/download_url GET
/v2/gen-ai/evaluation_metrics GET
/v2/gen-ai/custom_evaluation_metrics POST
/v2/gen-ai/custom_evaluation_metrics/:metric_uuid PUT DELETE
/v2/gen-ai/evaluation_runs POST
/v2/gen-ai/evaluation_runs/:evaluation_run_uuid GET
/v2/gen-ai/evaluation_runs/:evaluation_run_uuid/results GET
/v2/gen-ai/evaluation_runs/:evaluation_run_uuid/results/:prompt_id GET
/v2/gen-ai/evaluation_test_cases GET POST
/v2/gen-ai/evaluation_test_cases/:evaluation_test_case_uuid/evaluation_runs GET
/v2/gen-ai/evaluation_test_cases/:test_case_uuid GET PUT
/v2/gen-ai/indexing_jobs GET POST
/v2/gen-ai/indexing_jobs/:indexing_job_uuid/data_sources GET
/v2/gen-ai/indexing_jobs/:indexing_job_uuid/details_signed_url GET
/v2/gen-ai/indexing_jobs/:uuid GET
/v2/gen-ai/indexing_jobs/:uuid/cancel PUT
/v2/gen-ai/knowledge_bases GET POST
/v2/gen-ai/knowledge_bases/data_sources/file_upload_presigned_urls POST
/v2/gen-ai/knowledge_bases/:knowledge_base_uuid/data_sources GET POST
/v2/gen-ai/knowledge_bases/:knowledge_base_uuid/data_sources/:data_source_uuid PUT DELETE
/v2/gen-ai/knowledge_bases/:knowledge_base_uuid/indexing_jobs GET
/v2/gen-ai/knowledge_bases/:uuid GET PUT DELETE
/v2/gen-ai/model_evaluation/datasets/file_upload_presigned_urls POST
/v2/gen-ai/model_evaluation_metrics GET
/v2/gen-ai/model_evaluation_presets GET
/v2/gen-ai/model_evaluation_presets/:eval_preset_uuid GET DELETE
/v2/gen-ai/model_evaluation_runs GET POST
/v2/gen-ai/model_evaluation_runs/:eval_run_uuid GET PATCH DELETE
/v2/gen-ai/model_evaluation_runs/:eval_run_uuid/cancel PUT
/v2/gen-ai/model_evaluation_runs/:eval_run_uuid/results/download_url GET
/v2/gen-ai/models GET
/v2/gen-ai/models/api_keys GET POST
/v2/gen-ai/models/api_keys/:api_key_uuid PUT DELETE
/v2/gen-ai/models/api_keys/:api_key_uuid/regenerate PUT
/v2/gen-ai/models/catalog GET
/v2/gen-ai/models/catalog/:id GET
/v2/gen-ai/models/routers GET POST
/v2/gen-ai/models/routers/presets GET
/v2/gen-ai/models/routers/tasks/presets GET
/v2/gen-ai/models/routers/:uuid GET PUT DELETE
/v2/gen-ai/oauth2/dropbox/tokens POST
/v2/gen-ai/oauth2/url GET
/v2/gen-ai/openai/keys GET POST
/v2/gen-ai/openai/keys/:api_key_uuid GET PUT DELETE
/v2/gen-ai/openai/keys/:uuid/agents GET
/v2/gen-ai/regions GET
/v2/gen-ai/scheduled-indexing POST
/v2/gen-ai/scheduled-indexing/knowledge-base/:knowledge_base_uuid GET
/v2/gen-ai/scheduled-indexing/:uuid DELETE
/v2/gen-ai/workspaces GET POST
/v2/gen-ai/workspaces/:workspace_uuid GET PUT DELETE
/v2/gen-ai/workspaces/:workspace_uuid/agents GET PUT
/v2/gen-ai/workspaces/:workspace_uuid/evaluation_test_cases GET
`;
