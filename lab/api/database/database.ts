import { z } from 'zod';
import type { Api } from '../api';
import { isRegion } from '../catalogue/catalogue';
import { PROJECT_RESOURCES } from '../project/stored-project';
import { becoming } from '../server/becoming';
import { forbidden, found, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { type Call, type Route, route } from '../server/route';
import { canonicalTag } from '../tag/tag';
import { defaultVpc } from '../vpc/vpc';
import { checkNodes, createCluster, createClusterBody, nodeBody } from './cluster-create';
import { clusterSettingRoutes } from './cluster-setting';
import { clusterAnswer, clusterView } from './cluster-view';
import { poolRoutes } from './connection-pool';
import { CREATE_CLUSTER, MIGRATE_CLUSTER, RESIZE_CLUSTER, RESIZE_REPLICA } from './database-life';
import { databaseOptionRoutes } from './database-option';
import { dbRoutes } from './db';
import { logSinkRoutes } from './log-sink';
import { replicaRoutes } from './replica';
import { CLUSTERS, type Cluster, clusterUrn, keyOf, PARTS, REPLICAS } from './stored-database';
import { topicRoutes } from './topic';
import { trustedSourceRoutes } from './trusted-source-route';
import { userRoutes } from './user';

const oneCluster = openapi(z.strictObject({ database: clusterAnswer }));
const resizeBody = openapi(z.strictObject({ ...nodeBody, storage_size_mib: z.int().min(1).nullish() }));

export function removeCluster({ cloud }: Pick<Api, 'cloud'>, { id }: Cluster): void {
  cloud.of(CLUSTERS).delete(id);
  cloud.of(PROJECT_RESOURCES).delete(clusterUrn(id));
  for (const table of PARTS)
    for (const part of cloud.of(table).byCluster.get(id)) cloud.of(table).delete(keyOf(part));
}

/** What there is afterwards: more of everything, or less but of storage. @throws 422 */
function resized({ engine }: Cluster, before: number, body: z.infer<typeof resizeBody>) {
  const least = checkNodes(engine, body.size, body.num_nodes);
  if (body.storage_size_mib && body.storage_size_mib < before)
    throw unprocessable('The storage of a cluster can only be made larger.');
  const storageMib = Math.max(body.storage_size_mib ?? 0, least, before);
  return { storageMib, size: body.size, status: 'resizing' as const };
}

/** Of a cluster, or of a replica, which has an id like one. @throws 422 */
function resize({ cloud }: Api, { params, body, start }: Call<z.infer<typeof resizeBody>>): void {
  const id = params.database_cluster_uuid ?? '';
  const [replica] = cloud.of(REPLICAS).byId.get(id);
  const cluster = found(cloud.of(CLUSTERS).get(replica?.clusterId ?? id));
  if (replica) {
    const one = { ...body, num_nodes: 1 };
    cloud.of(REPLICAS).set(keyOf(replica), { ...replica, ...resized(cluster, replica.storageMib, one) });
    start(becoming(RESIZE_REPLICA, keyOf(replica)));
  } else {
    const nodes = body.num_nodes;
    cloud.of(CLUSTERS).set(id, { ...cluster, ...resized(cluster, cluster.storageMib, body), nodes });
    start(becoming(RESIZE_CLUSTER, id));
  }
}

export function databaseRoutes(api: Api): Route[] {
  const { cloud } = api;
  const clusterOf = ({ params }: Pick<Call, 'params'>) =>
    found(cloud.of(CLUSTERS).get(params.database_cluster_uuid ?? ''));
  return [
    ...databaseOptionRoutes(),
    route({
      call: 'GET /v2/databases',
      operation: 'databases_list_clusters',
      scopes: [['database:read']],
      query: openapi(z.object({ tag_name: z.string().optional() })),
      status: 200,
      answer: openapi(z.strictObject({ databases: z.array(clusterAnswer) })),
      guesses: ['All at once, whatever page is asked for.'],
      handle: ({ query: { tag_name }, caller }) => {
        if (tag_name !== undefined && !caller.can('tag:read')) throw forbidden();
        const clusters =
          tag_name === undefined
            ? cloud.of(CLUSTERS).values()
            : cloud.of(CLUSTERS).byTag.get(canonicalTag(cloud, tag_name) ?? '');
        return { databases: clusters.map((cluster) => clusterView(api, cluster, caller)) };
      },
    }),
    route({
      call: 'POST /v2/databases',
      operation: 'databases_create_cluster',
      scopes: [['database:create']],
      body: createClusterBody,
      status: 201,
      answer: oneCluster,
      guesses: [
        'It is `creating` for the time of an action. It is a record: nothing listens at its addresses, which end in .test.',
        "Any size of the right form is taken; the storage that comes with it is the price list's, from memory.",
        '409 for a name that is taken. backup_restore is ignored as unknown.',
        'Passwords show with the scope database:view_credentials only.',
        'Where droplets really run it is refused with 501.',
      ],
      handle: (call) => {
        const cluster = createCluster(api, call);
        call.start(becoming(CREATE_CLUSTER, cluster.id));
        return { database: clusterView(api, cluster, call.caller) };
      },
    }),
    route({
      call: 'GET /v2/databases/:database_cluster_uuid',
      operation: 'databases_get_cluster',
      scopes: [['database:read']],
      status: 200,
      answer: oneCluster,
      handle: (call) => ({ database: clusterView(api, clusterOf(call), call.caller) }),
    }),
    route({
      call: 'DELETE /v2/databases/:database_cluster_uuid',
      operation: 'databases_destroy_cluster',
      scopes: [['database:delete']],
      status: 204,
      handle: (call) => removeCluster(api, clusterOf(call)),
    }),
    route({
      call: 'PUT /v2/databases/:database_cluster_uuid/resize',
      operation: 'databases_update_clusterSize',
      scopes: [['database:update']],
      body: resizeBody,
      status: 202,
      guesses: [
        'Storage never shrinks: 422 for less than there is; a smaller size keeps what there is.',
        'The id may be that of a replica, as the provider resizes one.',
      ],
      handle: (call) => resize(api, call),
    }),
    route({
      call: 'PUT /v2/databases/:database_cluster_uuid/migrate',
      operation: 'databases_update_region',
      scopes: [['database:update']],
      body: openapi(z.strictObject({ region: z.string() })),
      status: 202,
      guesses: ['It is `migrating` for the time of an action, into the default VPC of the region.'],
      handle: (call) => {
        const cluster = clusterOf(call);
        const { region } = call.body;
        if (!isRegion(region)) throw unprocessable(`region ${region} is invalid`);
        const vpcId = region === cluster.region ? cluster.vpcId : defaultVpc(cloud, region).id;
        cloud.of(CLUSTERS).set(cluster.id, { ...cluster, region, vpcId, status: 'migrating' });
        call.start(becoming(MIGRATE_CLUSTER, cluster.id));
      },
    }),
    ...clusterSettingRoutes(api, clusterOf),
    ...trustedSourceRoutes(api, clusterOf),
    ...userRoutes(api, clusterOf),
    ...dbRoutes(api, clusterOf),
    ...poolRoutes(api, clusterOf),
    ...replicaRoutes(api, clusterOf),
    ...topicRoutes(api, clusterOf),
    ...logSinkRoutes(api, clusterOf),
  ];
}
