import type { Action, Workers } from './action';
import type { Api } from './api';
import type { Associated, Droplet } from './records';
import { removeReservedIp } from './reserved-ip';
import type { Call } from './route';
import { removeSnapshot } from './snapshot';
import { removeVolume } from './volume';

/** Begins to destroy a droplet, and with it what is named. An action too, though its caller is not told its id. */
export function startDestroy(
  { cloud }: Api,
  droplet: Droplet,
  call: Pick<Call, 'start'>,
  associated?: Associated,
): Action {
  cloud.refusePending(droplet.id);
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
      const reservedIp = cloud.reservedIpOf(resourceId ?? 0);
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
  for (const volume of cloud.volumesByDroplet.get(id))
    cloud.volumes.set(volume.id, { ...volume, dropletId: null });
  const reservedIp = cloud.reservedIpOf(id);
  if (reservedIp) {
    cloud.reservedIps.set(reservedIp.ip, { ...reservedIp, dropletId: null });
    events.emit('reserved-ip', { ip: reservedIp.ip, dropletId: null });
  }
  for (const firewall of cloud.firewalls.values())
    if (firewall.dropletIds.includes(id)) {
      const dropletIds = firewall.dropletIds.filter((other) => other !== id);
      cloud.firewalls.set(firewall.id, { ...firewall, dropletIds });
    }
  cloud.projectResources.delete(`do:droplet:${id}`);
  cloud.userData.delete(id);
  cloud.droplets.delete(id);
  firewalls.sync();
}

/** Removes what was a droplet's, unless it is gone already or busy otherwise. */
function removeAssociated(api: Api, { reservedIps, snapshots, volumes }: Associated): void {
  const { cloud } = api;
  for (const { name } of reservedIps) {
    const reserved = cloud.reservedIps.get(name);
    if (reserved && !cloud.isPending(`ip:${name}`)) removeReservedIp(api, reserved);
  }
  for (const { id } of volumes) {
    const volume = cloud.volumes.get(id);
    if (volume && !cloud.isPending(`volume:${id}`)) removeVolume(api, volume);
  }
  for (const { id } of snapshots) {
    const snapshot = cloud.snapshots.get(id);
    if (snapshot) removeSnapshot(cloud, snapshot);
  }
}
