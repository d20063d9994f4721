import { z } from 'zod';
import type { Api } from '../api';
import { firewallAnswer, firewallView } from '../firewall/firewall';
import { FIREWALLS } from '../firewall/stored-firewall';
import { openapi } from '../server/provenance';
import { list, noneOf, type Route, route } from '../server/route';
import { dropletSnapshotAnswer, dropletSnapshotView } from '../snapshot/snapshot';
import { SNAPSHOTS } from '../snapshot/stored-snapshot';
import { dropletAnswer, dropletOf } from './droplet-view';

/** Lists of what belongs to one droplet. */
export function dropletListRoutes(api: Api): Route[] {
  const { cloud } = api;
  return [
    list({
      call: 'GET /v2/droplets/:droplet_id/firewalls',
      operation: 'droplets_list_firewalls',
      scopes: [['firewall:read']],
      key: 'firewalls',
      item: firewallAnswer,
      all: (call) => {
        const droplet = dropletOf(api, call);
        return cloud
          .of(FIREWALLS)
          .values()
          .filter((firewall) => api.firewalls.covers(firewall, droplet));
      },
      view: (firewall, { caller }) => firewallView(api, firewall, caller),
    }),
    list({
      call: 'GET /v2/droplets/:droplet_id/snapshots',
      operation: 'droplets_list_snapshots',
      scopes: [['droplet:read']],
      key: 'snapshots',
      item: dropletSnapshotAnswer,
      all: (call) => cloud.of(SNAPSHOTS).byResource.get(`droplet:${dropletOf(api, call).id}`),
      view: dropletSnapshotView,
    }),
    list({
      call: 'GET /v2/droplets/:droplet_id/backups',
      operation: 'droplets_list_backups',
      scopes: [['droplet:read']],
      key: 'backups',
      item: dropletSnapshotAnswer,
      all: (call) => noneOf(dropletOf(api, call)),
      view: dropletSnapshotView,
      guesses: ['Always empty: the lab makes no backups.'],
    }),
    list({
      call: 'GET /v2/droplets/:droplet_id/kernels',
      operation: 'droplets_list_kernels',
      scopes: [['droplet:read']],
      key: 'kernels',
      item: openapi(z.strictObject({ id: z.int(), name: z.string(), version: z.string() })),
      all: (call) => noneOf(dropletOf(api, call)),
      view: (none) => none,
      guesses: ['Always empty: as with all Droplets since 2017, the kernel is inside.'],
    }),
    route({
      call: 'GET /v2/droplets/:droplet_id/neighbors',
      operation: 'droplets_list_neighbors',
      scopes: [['droplet:read']],
      status: 200,
      answer: openapi(z.strictObject({ droplets: z.array(dropletAnswer) })),
      guesses: ['Always empty, though in a lab all Droplets share one machine.'],
      handle: (call) => ({ droplets: noneOf(dropletOf(api, call)) }),
    }),
    route({
      call: 'GET /v2/reports/droplet_neighbors_ids',
      operation: 'droplets_list_neighborsIds',
      scopes: [['droplet:read']],
      status: 200,
      answer: openapi(z.strictObject({ neighbor_ids: z.array(z.array(z.int())) })),
      guesses: ['Always empty: as if each Droplet had a server of its own.'],
      handle: () => ({ neighbor_ids: [] }),
    }),
  ];
}
