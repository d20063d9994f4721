import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DropletSpec } from '../api/server/hardware';
import { vendorData } from './vendor-data';

const SEED = 'var/lib/cloud/seed/config_drive/openstack/latest';

/**
 * Writes below `root` what DigitalOcean gives a droplet on its config drive, where cloud-init looks for it when there
 * is no such disk (a container has none).
 */
export async function writeConfigDrive(root: string, droplet: DropletSpec): Promise<void> {
  const folder = join(root, SEED);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const write = (name: string, content: string) => writeFile(join(folder, name), content, { mode: 0o600 });
  await write('meta_data.json', JSON.stringify(metaData(droplet)));
  await write('network_data.json', JSON.stringify(networkData(droplet)));
  await write('vendor_data.json', JSON.stringify({ 'cloud-init': vendorData(droplet) }));
  if (droplet.userData !== undefined) await write('user_data', droplet.userData);
}

/** The name that a disk's droplet was given. */
export async function nameOnDisk(root: string): Promise<string> {
  return JSON.parse(await readFile(join(root, SEED, 'meta_data.json'), 'utf8')).name;
}

export function metaData(droplet: DropletSpec) {
  return {
    uuid: String(droplet.id),
    name: droplet.name,
    hostname: droplet.name,
    availability_zone: droplet.region,
    public_keys: Object.fromEntries(droplet.sshKeys.map((key, index) => [String(index), key])),
  };
}

export function networkData({ public: internet, anchor, private: vpc }: DropletSpec) {
  return {
    links: [
      { id: 'eth0', type: 'phy', ethernet_mac_address: internet.mac, mtu: 1500 },
      { id: 'eth1', type: 'phy', ethernet_mac_address: vpc.mac, mtu: 1500 },
    ],
    networks: [
      {
        ...{
          id: 'public-ipv4',
          type: 'ipv4',
          link: 'eth0',
          ip_address: internet.ip,
          netmask: internet.netmask,
        },
        routes: [{ network: '0.0.0.0', netmask: '0.0.0.0', gateway: internet.gateway }],
      },
      // The anchor: a second address on eth0, where what is sent to the droplet's reserved IP arrives.
      {
        id: 'anchor-ipv4',
        type: 'ipv4',
        link: 'eth0',
        ip_address: anchor.ip,
        netmask: anchor.netmask,
        routes: [],
      },
      {
        id: 'private-ipv4',
        type: 'ipv4',
        link: 'eth1',
        ip_address: vpc.ip,
        netmask: vpc.netmask,
        routes: [],
      },
    ],
    services: ['67.207.67.2', '67.207.67.3'].map((address) => ({ type: 'dns', address })),
  };
}
