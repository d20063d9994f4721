import type { Api } from '../api';
import { FIREWALLS } from '../firewall/stored-firewall';
import { PROJECT_RESOURCES } from '../project/stored-project';
import { removeReservedIp } from '../reserved-ip/reserved-ip';
import { RESERVED_IPS, reservedIpOf } from '../reserved-ip/stored-reserved-ip';
import { type Action, isPending, type Workers } from '../server/action';
import type { Call } from '../server/route';
import { removeSnapshot } from '../snapshot/snapshot';
import { SNAPSHOTS } from '../snapshot/stored-snapshot';
import { VOLUMES } from '../volume/stored-volume';
import { removeVolume } from '../volume/volume';
import { type Associated, DROPLETS, type Droplet, refusePending, USER_DATA } from './stored-droplet';

/** Begins to destroy a droplet, and with it what is named. An action too, though its caller is not told its id. */
export function startDestroy(
  { cloud }: Api,
  droplet: Droplet,
  call: Pick<Call, 'start'>,
  associated?: Associated,
): Action {
  refusePending(cloud, droplet.id);
  const { id, region } = droplet;
  return call.start({
    type: 'destroy',
    resourceType: 'droplet',
    resourceId: id,
    region,
    subjects: [`droplet:${id}`],
    parameters: { associated },
  });
}

export const dropletDestroyWorkers = (api: () => Api): Workers => ({
  destroy: ({ resourceId, parameters }: Action) => ({
    hardware: async () => {
      const { cloud, hardware } = api();
      const reservedIp = reservedIpOf(cloud, resourceId ?? 0);
      if (reservedIp) await hardware.assignReservedIp(reservedIp.ip, null);
      await hardware.destroyDroplet(resourceId ?? 0);
    },
    commit: () => {
      forget(api(), resourceId ?? 0);
      if (parameters.associated) removeAssociated(api(), parameters.associated as Associated);
    },
  }),
});

/** Takes a droplet out of everything that names it. Its volumes and Reserved IP stay, free. */
function forget({ cloud, events, firewalls }: Api, id: number): void {
  for (const volume of cloud.of(VOLUMES).byDroplet.get(id))
    cloud.of(VOLUMES).set(volume.id, { ...volume, dropletId: null });
  const reservedIp = reservedIpOf(cloud, id);
  if (reservedIp) {
    cloud.of(RESERVED_IPS).set(reservedIp.ip, { ...reservedIp, dropletId: null });
    events.emit('reserved-ip', { ip: reservedIp.ip, dropletId: null });
  }
  for (const firewall of cloud.of(FIREWALLS).values())
    if (firewall.dropletIds.includes(id)) {
      const dropletIds = firewall.dropletIds.filter((other) => other !== id);
      cloud.of(FIREWALLS).set(firewall.id, { ...firewall, dropletIds });
    }
  cloud.of(PROJECT_RESOURCES).delete(`do:droplet:${id}`);
  cloud.of(USER_DATA).delete(id);
  cloud.of(DROPLETS).delete(id);
  firewalls.sync();
}

/** Removes what was a droplet's, unless it is gone already or busy otherwise. */
function removeAssociated(api: Api, { reservedIps, snapshots, volumes }: Associated): void {
  const { cloud } = api;
  for (const { name } of reservedIps) {
    const reserved = cloud.of(RESERVED_IPS).get(name);
    if (reserved && !isPending(cloud, `ip:${name}`)) removeReservedIp(api, reserved);
  }
  for (const { id } of volumes) {
    const volume = cloud.of(VOLUMES).get(id);
    if (volume && !isPending(cloud, `volume:${id}`)) removeVolume(api, volume);
  }
  for (const { id } of snapshots) {
    const snapshot = cloud.of(SNAPSHOTS).get(id);
    if (snapshot) removeSnapshot(cloud, snapshot);
  }
}
