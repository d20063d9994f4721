// Who has which address in a lab. Every lab uses the same ones: each has network namespaces of its own.

/** Public addresses of droplets; the gateway is also what droplets ping to see whether their public side works. */
export const PUBLIC = { range: '198.18.0.0/16', gateway: '198.18.0.1' } as const;

/** Anchor addresses: a droplet's second address on eth0, where traffic for its Reserved IP arrives. */
export const ANCHOR = { range: '10.17.0.0/16', gateway: '10.17.0.1' } as const;

export const RESERVED_IP_RANGE = '198.19.0.0/16';

/** The users of the stack, out in the world, and somebody who means ill. Each address of the range can be used in the client namespace. */
export const CLIENT = {
  range: '192.0.2.0/24',
  gateway: '192.0.2.1',
  address: '192.0.2.2',
  attacker: '192.0.2.66',
  /** Of the loads of drills, by turns: no connection has the address and port of one that an earlier load gave up. */
  visitors: Array.from({ length: 32 }, (_, i) => `192.0.2.${128 + i}`),
} as const;

/** DigitalOcean's authoritative name servers, by name, at their real addresses. */
export const NAME_SERVERS = {
  'ns1.digitalocean.com': '173.245.58.51',
  'ns2.digitalocean.com': '173.245.59.41',
  'ns3.digitalocean.com': '198.41.222.173',
} as const;

/** DigitalOcean's recursive resolvers. */
export const RESOLVERS = ['67.207.67.2', '67.207.67.3'] as const;

export const METADATA = '169.254.169.254';
export const API = '198.18.0.2';
/** Stands for the package archives of the distributions. */
export const PACKAGES = '198.18.0.3';
/** Stands for the registry of the stack's container image. */
export const REGISTRY = '198.18.0.4';

/** Stands for the certificate authority that the stack asks. */
export const AUTHORITY = '198.18.0.5';

/** Stands for Spaces, the object store. */
export const SPACES = '198.18.0.6';

/** The services of the fabric that can be named in faults. */
export const SERVICES = {
  api: [API],
  dns: [...Object.values(NAME_SERVERS), ...RESOLVERS],
  metadata: [METADATA],
  packages: [PACKAGES],
  registry: [REGISTRY],
  authority: [AUTHORITY],
  spaces: [SPACES],
} as const;

export type Service = keyof typeof SERVICES;
