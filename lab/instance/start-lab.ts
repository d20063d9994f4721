import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { join } from 'node:path';
import { DOMAINS, recordsOf } from '../api/domain/stored-domain';
import { DROPLETS } from '../api/droplet/stored-droplet';
import { isPending } from '../api/server/action';
import type { Cloud } from '../api/server/cloud';
import type { DropletSpec } from '../api/server/hardware';
import { newSpacesKey, SPACES_KEYS } from '../api/spaces-key/stored-spaces-key';
import { defaultActionTime, type RunningApi, startApi } from '../api/start-api';
import type { S3Key } from '../common/aws-signature';
import { type LabCertificates, makeCertificates } from '../common/certificate';
import { Events } from '../common/events';
import { stateOf } from '../droplet/state-paths';
import { type ExternalSpec, externalHosts, startExternalServices } from '../external/external-services';
import { ObjectStore } from '../external/object-store/object-store';
import { PACKAGES as PACKAGE_FOLDER } from '../image/images';
import { PackageCache } from '../image/package-cache';
import { API, PACKAGES } from '../network/addresses';
import { startDns } from '../network/dns';
import { startMetadata } from '../network/metadata';
import { createNetwork } from '../network/network';
import { forwardToLab } from '../network/port-forward';
import type { Declaration } from '../stack/declaration';
import type { SiteSpec } from '../stack/site';
import { DropletHost } from './droplet-host';
import { Lab, type LabAccess } from './lab';
import { authorityLog, eventsFile, objectStoreLog, registryLog, siteAuthority } from './runtime-paths';
import type { ServerProbe } from './server-states';

/** The machine's own network, from which packages are fetched: `up` hands it to the lab's process as a file. */
const HOST_NETWORK = `/proc/${process.pid}/fd/4`;

/** How long the API needs to move a Reserved IP, until somebody says otherwise. Milliseconds. */
const ASSIGN_TIME = 1000;

export interface LabOptions {
  readonly name: string;
  /** What becomes of established connections when a Reserved IP moves: nobody outside DigitalOcean knows. */
  readonly flows: 'stay' | 'cut';
  /** Listening on the machine's loopback: one leads to the first Reserved IP, the other to the API. */
  readonly listeners: { readonly site: Server; readonly api: Server };
  readonly site: SiteSpec;
  readonly external: ExternalSpec;
  /** Terraform variables that are tokens, each with its scopes. */
  readonly tokens: Declaration['tokens'];
  /** Which image stands in for which. */
  readonly images: Declaration['images'];
  /** Path of the module that knows the servers behind a load balancer. @default - nobody does */
  readonly serverStates?: string;
}

/** Starts everything, in this process and the fabric in which it lives. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { name, flows, listeners, site, external } = options;
  const probe: ServerProbe | undefined = options.serverStates && require(options.serverStates).default;
  const state = stateOf(name);
  await mkdir(state, { recursive: true, mode: 0o700 });
  const events = new Events(eventsFile(name));
  const hosts = externalHosts(external);
  const certificates = await makeCertificates(join(state, 'certificates'), [...hosts.keys()]);
  const network = await createNetwork(name, { flows });
  const { registry, root } = await startExternalServices(name, external, certificates, {
    directory: state,
    authorityLog: authorityLog(name),
    registryLog: registryLog(name),
  });
  if (root) await writeFile(siteAuthority(name), root);
  const authorities = [await readFile(certificates.authority.certificate, 'utf8'), ...(root ? [root] : [])];
  const host = new DropletHost(network, {
    lab: name,
    standIns: options.images,
    certificates: authorities,
    network: HOST_NETWORK,
    onPower: (droplet, on, problem) => notePower(api.cloud, events, droplet, on, problem),
  });
  const access: LabAccess = {
    apiUrl: `http://127.0.0.1:${portOf(listeners.api)}`,
    site: { ...site, port: portOf(listeners.site), authority: root && siteAuthority(name) },
    deployToken: newToken(),
    variables: Object.fromEntries(Object.keys(options.tokens).map((variable) => [variable, newToken()])),
    registry: external.registry?.host,
  };
  const assignTime = { value: ASSIGN_TIME };
  const api = await startApi({
    actionTime: (type) =>
      ['assign_ip', 'unassign_ip'].includes(type) ? assignTime.value : defaultActionTime(type),
    token: access.deployToken,
    tokens: Object.entries(options.tokens).map(([variable, scopes]) => ({
      token: access.variables[variable] ?? '',
      scopes,
      name: variable,
    })),
    listen: [
      { port: 0 }, // on the fabric's loopback: for the listener on the machine
      {
        host: API,
        port: 443,
        tls: {
          cert: await readFile(certificates.api.certificate, 'utf8'),
          key: await readFile(certificates.api.key, 'utf8'),
        },
      },
    ],
    hardware: host,
    stateFile: join(state, 'api.journal'),
    events,
  });
  const objectStore = external.spaces ? await startObjectStore(name, api.cloud, certificates) : undefined;
  const spaces = objectStore && deployerKey(api.cloud);
  await startMetadata({ resident: (address) => network.resident(address) });
  await new PackageCache(PACKAGE_FOLDER, HOST_NETWORK).listen({ host: PACKAGES, port: 80 });
  const dns = await startDns({ zones: zonesOf(api.cloud), hosts });
  const parts = { assignTime, events, network, host, api, dns, registry, objectStore };
  const lab = new Lab(name, { ...parts, access: { ...access, spaces } }, probe);
  open(lab, listeners, api);
  return lab;
}

/** Leads the machine's loopback to the site and to the API. */
function open(lab: Lab, { site, api }: LabOptions['listeners'], running: RunningApi): void {
  const { port } = new URL(running.url);
  api.on('connection', (connection) => {
    const onward = connect(Number(port), '127.0.0.1');
    connection.on('error', () => onward.destroy());
    onward.on('error', () => connection.destroy());
    connection.pipe(onward).pipe(connection);
  });
  forwardToLab(site, lab.name, () => lab.siteAddress(), lab.access.site.scheme === 'https' ? 443 : 80);
}

/** Where the deployment makes buckets. */
const DEPLOYER = { name: 'deployment', grants: [{ bucket: '', permission: 'fullaccess' }] } as const;

const deployerKey = (cloud: Cloud): S3Key => cloud.store.transaction(() => newSpacesKey(cloud, DEPLOYER));

async function startObjectStore(
  lab: string,
  cloud: Cloud,
  certificates: LabCertificates,
): Promise<ObjectStore> {
  const { others } = certificates;
  if (!others) throw new Error('The object store has no certificate.');
  return ObjectStore.start({
    find: (accessKey) => cloud.of(SPACES_KEYS).get(accessKey),
    directory: join(stateOf(lab), 'object-store'),
    certificate: others,
    log: objectStoreLog(lab),
  });
}

/** The power button isn't the only way on and off: a system may reboot or power itself off. */
function notePower(
  cloud: Cloud,
  events: Events,
  { id, name }: DropletSpec,
  on: boolean,
  problem?: Error,
): void {
  events.emit('droplet', { id, name, state: on ? 'on' : 'off', error: problem?.message });
  const droplet = cloud.of(DROPLETS).get(id);
  if (droplet && droplet.status !== 'new' && !isPending(cloud, `droplet:${id}`)) {
    cloud.store.transaction(() => cloud.of(DROPLETS).set(id, { ...droplet, status: on ? 'active' : 'off' }));
  }
}

function zonesOf(cloud: Cloud) {
  return {
    zones: () =>
      cloud
        .of(DOMAINS)
        .values()
        .map(({ name }) => name),
    records: (zone: string) => recordsOf(cloud, zone) ?? [],
  };
}

function portOf(listener: Server): number {
  const address = listener.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function newToken(): string {
  return `dop_v1_${randomBytes(32).toString('hex')}`;
}
