import { z } from 'zod';
import type { Api } from '../api';
import { openapi } from '../server/provenance';
import { type Call, type Route, route } from '../server/route';
import { CLUSTERS, type Cluster } from './stored-database';
import { sourceAnswer, sourceBody, sourcesOf, sourceView } from './trusted-source';

const rulesBody = openapi(z.strictObject({ rules: z.array(sourceBody).nullish() }));

export const trustedSourceRoutes = (
  { cloud }: Api,
  clusterOf: (call: Pick<Call, 'params'>) => Cluster,
): Route[] => [
  route({
    call: 'GET /v2/databases/:database_cluster_uuid/firewall',
    operation: 'databases_list_firewall_rules',
    scopes: [['database:read']],
    status: 200,
    answer: openapi(z.strictObject({ rules: z.array(sourceAnswer) })),
    handle: (call) => {
      const cluster = clusterOf(call);
      return { rules: cluster.sources.map((source) => sourceView(source, cluster)) };
    },
  }),
  route({
    call: 'PUT /v2/databases/:database_cluster_uuid/firewall',
    operation: 'databases_update_firewall_rules',
    scopes: [['database:update']],
    body: rulesBody,
    status: 204,
    guesses: [
      'Droplets must exist, tags come into being; Kubernetes clusters and apps are taken as they are.',
    ],
    handle: (call) => {
      const cluster = clusterOf(call);
      const sources = sourcesOf(cloud, call.body.rules ?? [], cluster.sources);
      cloud.of(CLUSTERS).set(cluster.id, { ...cluster, sources });
    },
  }),
];
