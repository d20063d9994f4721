import { publicImage, size } from '../catalogue/catalogue';
import { ANCHOR, address, netmask, PUBLIC } from '../server/addresses';
import type { Cloud } from '../server/cloud';
import type { DropletSpec } from '../server/hardware';
import { SNAPSHOTS } from '../snapshot/stored-snapshot';
import { VPCS, type Vpc } from '../vpc/stored-vpc';
import { type Droplet, USER_DATA } from './stored-droplet';

/** The public image that a droplet has, or descends from by snapshots. */
export function baseImage(cloud: Cloud, { image }: Droplet) {
  const base = publicImage(image) ?? publicImage(cloud.of(SNAPSHOTS).get(String(image))?.baseImage ?? 0);
  if (!base) throw new Error(`image ${image} descends from nothing`);
  return base;
}

/** Everything a droplet is made of. */
export function dropletSpec(cloud: Cloud, droplet: Droplet): DropletSpec {
  const { vcpus, memory } = size(droplet.size);
  const vpc = cloud.of(VPCS).get(droplet.vpcId) as Vpc;
  return {
    id: droplet.id,
    name: droplet.name,
    image: baseImage(cloud, droplet).slug,
    vcpus,
    memory,
    disk: droplet.disk,
    region: droplet.region,
    userData: cloud.of(USER_DATA).get(droplet.id),
    sshKeys: droplet.sshKeys,
    tags: droplet.tags,
    monitoring: droplet.monitoring,
    public: { ...address(PUBLIC, droplet.publicIp), mac: mac(droplet.publicIp) },
    anchor: address(ANCHOR, droplet.anchorIp),
    private: {
      ip: droplet.privateIp,
      netmask: netmask(vpc.ipRange),
      mac: mac(droplet.privateIp),
      vpcId: vpc.id,
      vpcRange: vpc.ipRange,
    },
  };
}

/** A locally administered hardware address made from an IPv4 address. */
function mac(ip: string): string {
  const bytes = ip.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return ['02', '00', ...bytes].join(':');
}
