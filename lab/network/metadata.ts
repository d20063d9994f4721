import { createServer, type IncomingMessage, type Server } from 'node:http';
import { METADATA, RESOLVERS } from './addresses';
import type { Resident } from './network';

const ROOT = '/metadata/v1';
const NOT_FOUND = { status: 404, body: 'not found' };

/** A leaf is a text, a list is one line for each, a folder has further names. */
type Tree = string | readonly string[] | { readonly [name: string]: Tree };

export interface MetadataOptions {
  /** The droplet with this source address. The packet filter lets nobody use another one's. */
  readonly resident: (address: string) => Resident | undefined;
  /** @default - the metadata address, which must be this process's, hence it must be in the fabric */
  readonly address?: string;
  /** @default 80 */
  readonly port?: number;
}

/** Serves each droplet its own metadata, by its source address. */
export async function startMetadata(options: MetadataOptions): Promise<Server> {
  const server = createServer((request, response) => {
    const asker = options.resident(request.socket.remoteAddress ?? '');
    const { status, body, type = 'text/plain; charset=utf-8' } = answer(request, asker);
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 80, options.address ?? METADATA, resolve);
  });
  return server;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

function answer({ method = '', url = '/' }: IncomingMessage, asker: Resident | undefined): Answer {
  const path = url.replace(/\?.*/s, '');
  if (!['GET', 'HEAD'].includes(method)) return { status: 405, body: 'method not allowed' };
  if (!asker || !path.startsWith(ROOT)) return NOT_FOUND;
  if (path === `${ROOT}.json`)
    return { status: 200, body: JSON.stringify(document(asker)), type: 'application/json' };
  const found = walk(tree(asker), path.slice(ROOT.length));
  return found === undefined ? NOT_FOUND : { status: 200, body: shown(found) };
}

function walk(root: Tree, path: string): Tree | undefined {
  if (path !== '' && !path.startsWith('/')) return undefined;
  let here: Tree | undefined = root;
  for (const name of path.split('/').filter(Boolean)) {
    if (typeof here !== 'object' || Array.isArray(here)) return undefined;
    here = Object.hasOwn(here, name) ? (here as { [name: string]: Tree })[name] : undefined;
  }
  return here;
}

/** A leaf as it is; a folder as a list of its names, those of folders with a slash. */
function shown(found: Tree): string {
  if (typeof found === 'string') return found;
  if (Array.isArray(found)) return found.join('\n');
  return Object.entries(found)
    .map(([name, below]) => (typeof below === 'object' && !Array.isArray(below) ? `${name}/` : name))
    .join('\n');
}

function tree({ droplet, reservedIp }: Resident): Tree {
  const { public: open, anchor, private: closed } = droplet;
  const reserved = {
    ipv4: { active: String(reservedIp !== undefined), ...(reservedIp && { ip_address: reservedIp }) },
  };
  return {
    id: String(droplet.id),
    hostname: droplet.name,
    'user-data': droplet.userData ?? '',
    'vendor-data': '',
    'public-keys': droplet.sshKeys,
    region: droplet.region,
    interfaces: {
      public: { 0: { ipv4: address(open), anchor_ipv4: address(anchor), mac: open.mac, type: 'public' } },
      private: { 0: { ipv4: address({ ...closed, gateway: '0.0.0.0' }), mac: closed.mac, type: 'private' } },
    },
    dns: { nameservers: RESOLVERS },
    floating_ip: reserved,
    reserved_ip: reserved,
    tags: droplet.tags,
    features: { dhcp_enabled: 'false' },
  };
}

/** The same as one JSON document. */
function document({ droplet, reservedIp }: Resident) {
  const { public: open, anchor, private: closed } = droplet;
  const reserved = {
    ipv4: { active: reservedIp !== undefined, ...(reservedIp && { ip_address: reservedIp }) },
  };
  return {
    droplet_id: droplet.id,
    hostname: droplet.name,
    user_data: droplet.userData ?? '',
    vendor_data: '',
    public_keys: droplet.sshKeys,
    auth_key: '',
    region: droplet.region,
    interfaces: {
      private: [{ ipv4: jsonAddress({ ...closed, gateway: '0.0.0.0' }), mac: closed.mac, type: 'private' }],
      public: [{ ipv4: jsonAddress(open), anchor_ipv4: jsonAddress(anchor), mac: open.mac, type: 'public' }],
    },
    floating_ip: reserved,
    reserved_ip: reserved,
    dns: { nameservers: RESOLVERS },
    tags: droplet.tags,
    features: { dhcp_enabled: false },
  };
}

interface Address {
  readonly ip: string;
  readonly netmask: string;
  readonly gateway: string;
}

const address = ({ ip, netmask, gateway }: Address) => ({ address: ip, netmask, gateway });
const jsonAddress = ({ ip, netmask, gateway }: Address) => ({ ip_address: ip, netmask, gateway });
