import type { DropletSpec } from '../api/server/hardware';

export const RESERVED_IP = '198.19.0.1';

interface Different extends Partial<DropletSpec> {
  /** Number of its VPC. @default 0 */
  readonly vpc?: number;
}

/** The n-th droplet of a test. */
export function droplet(n: number, { vpc = 0, ...different }: Different = {}): DropletSpec {
  return {
    id: n,
    name: `droplet-${n}`,
    image: 'debian-13-x64',
    vcpus: 1,
    memory: 1024,
    disk: 25,
    region: 'fra1',
    sshKeys: ['ssh-ed25519 AAAA one', 'ssh-ed25519 BBBB two'],
    tags: ['production', 'production-web'],
    monitoring: true,
    userData: `#!/bin/sh\n# droplet ${n}\n`,
    public: {
      ip: `198.18.1.${n}`,
      netmask: '255.255.0.0',
      gateway: '198.18.0.1',
      mac: `02:00:00:00:01:0${n}`,
    },
    anchor: { ip: `10.17.1.${n}`, netmask: '255.255.0.0', gateway: '10.17.0.1' },
    private: {
      ip: `10.${116 + vpc}.0.1${n}`,
      netmask: '255.255.240.0',
      mac: `02:00:00:00:02:0${n}`,
      vpcId: `vpc-${vpc}`,
      vpcRange: `10.${116 + vpc}.0.0/20`,
    },
    ...different,
  };
}
