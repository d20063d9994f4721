import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { join } from 'node:path';
import { DOMAINS, recordsOf } from '../api/domain/stored-domain';
import { dropletSpec } from '../api/droplet/droplet-spec';
import { DROPLETS } from '../api/droplet/stored-droplet';
import { RESERVED_IPS } from '../api/reserved-ip/stored-reserved-ip';
import { isPending } from '../api/server/action';
import type { Cloud } from '../api/server/cloud';
import type { FaultSpec } from '../api/server/faults';
import type { DropletSpec } from '../api/server/hardware';
import { newSpacesKey, SPACES_KEYS } from '../api/spaces-key/stored-spaces-key';
import { defaultActionTime, type RunningApi, startApi } from '../api/start-api';
import type { S3Key } from '../common/aws-signature';
import { type LabCertificates, makeCertificates } from '../common/certificate';
import { Events } from '../common/events';
import { stateOf } from '../droplet/state-paths';
import type { Registry } from '../external/container-registry';
import { type ExternalSpec, externalHosts, startExternalServices } from '../external/external-services';
import { ObjectStore } from '../external/object-store/object-store';
import type { StoreFault } from '../external/object-store/store-fault';
import { PACKAGES as PACKAGE_FOLDER } from '../image/images';
import { PackageCache } from '../image/package-cache';
import { API, PACKAGES } from '../network/addresses';
import { type Dns, startDns } from '../network/dns';
import type { DnsFault } from '../network/dns-server';
import { type Disturbance, linkOf } from '../network/faults';
import { startMetadata } from '../network/metadata';
import { createNetwork, type Network } from '../network/network';
import { forwardToLab } from '../network/port-forward';
import type { Declaration } from '../stack/declaration';
import type { Site, SiteSpec } from '../stack/site';
import { DropletHost } from './droplet-host';
import { KnownFaults } from './known-faults';
import { eventsFile, objectStoreLog, siteAuthority } from './runtime-paths';
import { type ServerProbe, ServerStates } from './server-states';
import { dropletNamed, endpointNamed } from './targets';

/** The machine's own network, from which packages are fetched: `up` hands it to the lab's process as a file. */
const HOST_NETWORK = `/proc/${process.pid}/fd/4`;

export type Power = 'power-on' | 'power-off' | 'shutdown' | 'reboot';

export interface DropletStatus {
  readonly id: number;
  readonly name: string;
  readonly image: string;
  /** Process 1 as the machine numbers it; undefined without power. */
  readonly initPid: number | undefined;
  readonly publicIp: string;
  readonly privateIp: string;
  /** Where traffic for its Reserved IP arrives. */
  readonly anchorIp: string;
  /** Of a load balancer: the servers behind it that it checks, each with its state. None without power. */
  readonly servers: Readonly<Record<string, string>>;
}

export interface LabStatus {
  readonly lab: string;
  readonly droplets: readonly DropletStatus[];
  /** Each Reserved IP with the name of the droplet that holds it. */
  readonly reservedIps: Readonly<Record<string, string | null>>;
  readonly faults: readonly string[];
}

/** How to reach the lab's API from the machine, and with what: for the lab's owner alone. */
export interface LabAccess {
  readonly apiUrl: string;
  readonly site: Site;
  readonly deployToken: string;
  /** The Terraform variables that the lab gives the stack: the tokens that it declares. */
  readonly variables: Readonly<Record<string, string>>;
  /** Host name of the one registry that the stack's droplets reach. @default - none */
  readonly registry?: string;
  /** A key of Spaces with full access, which at DigitalOcean is made by hand. @default - none: there is no Spaces */
  readonly spaces?: S3Key;
}

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

interface Parts {
  /** Milliseconds that the API needs to move a Reserved IP. */
  readonly assignTime: { value: number };
  readonly events: Events;
  readonly network: Network;
  readonly host: DropletHost;
  readonly api: RunningApi;
  readonly dns: Dns;
  readonly registry: Registry | undefined;
  readonly objectStore: ObjectStore | undefined;
  readonly access: LabAccess;
}

/** How long the API needs to move a Reserved IP, until somebody says otherwise. Milliseconds. */
const ASSIGN_TIME = 1000;

/** One running lab: a local DigitalOcean. Its process lives in the lab's fabric, where all of DigitalOcean's addresses are. */
export class Lab {
  readonly access: LabAccess;
  private readonly serverStates: ServerStates | undefined;
  private readonly faults = new KnownFaults((what, set) => this.parts.events.emit('fault', { what, set }));

  private constructor(
    readonly name: string,
    private readonly parts: Parts,
    probe: ServerProbe | undefined,
  ) {
    this.access = parts.access;
    this.serverStates = probe && new ServerStates(() => this.droplets(), probe, parts.events);
  }

  static async start(options: LabOptions): Promise<Lab> {
    const { name, flows, listeners, site, external } = options;
    const probe: ServerProbe | undefined = options.serverStates && require(options.serverStates).default;
    const state = stateOf(name);
    await mkdir(state, { recursive: true, mode: 0o700 });
    const events = new Events(eventsFile(name));
    const hosts = externalHosts(external);
    const certificates = await makeCertificates(join(state, 'certificates'), [...hosts.keys()]);
    const network = await createNetwork(name, { flows });
    const { registry, root } = await startExternalServices(name, external, certificates, state);
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
    lab.open(listeners);
    return lab;
  }

  status(): LabStatus {
    const { cloud } = this.parts.api;
    const holders = cloud
      .of(RESERVED_IPS)
      .values()
      .map(({ ip, dropletId }) => [
        ip,
        dropletId === null ? null : (cloud.of(DROPLETS).get(dropletId)?.name ?? null),
      ]);
    return {
      lab: this.name,
      droplets: this.droplets(),
      reservedIps: Object.fromEntries(holders),
      faults: this.faults.names,
    };
  }

  /** Does something to a droplet at once, as the control panel would after a while. */
  async power(name: string, what: Power): Promise<void> {
    const { id } = dropletNamed(name, this.droplets());
    const { host } = this.parts;
    const actions = {
      'power-on': () => host.powerOn(id),
      'power-off': () => host.powerOff(id),
      shutdown: () => host.shutdown(id),
      reboot: () => host.reboot(id),
    };
    await actions[what]();
  }

  /** What is broken on purpose has a name, by which it can be mended: each of these resolves to it. */
  async cut(from: string, to: string, oneWay: boolean): Promise<string> {
    const droplets = this.droplets();
    const mend = await this.parts.network.cut(endpointNamed(from, droplets), endpointNamed(to, droplets), {
      oneWay,
    });
    return this.faults.add(`cut from ${from} to ${to}${oneWay ? ', this way only' : ''}`, mend);
  }

  async hold(one: string, other: string): Promise<string> {
    const droplets = this.droplets();
    const mend = await this.parts.network.hold(endpointNamed(one, droplets), endpointNamed(other, droplets));
    return this.faults.add(`packets between ${one} and ${other} wait`, mend);
  }

  /** A link has one disturbance at a time. */
  async disturb(link: string, disturbance: Disturbance): Promise<string> {
    const endpoint = endpointNamed(link, this.droplets());
    const mend = await this.parts.network.disturb(endpoint, disturbance);
    const { loss = 0, delay = 0, mtu } = disturbance;
    const narrow = mtu === undefined ? '' : `, at most ${mtu} bytes`;
    return this.faults.replace(
      linkOf(endpoint),
      `link ${link}: ${loss} % lost, ${delay} ms later${narrow}`,
      mend,
    );
  }

  failCalls(fault: FaultSpec): string {
    const clear = this.parts.api.fault(fault);
    return this.faults.add(`${fault.kind} on ${fault.call}`, clear);
  }

  /** Lets the account have no more than so many droplets. */
  limitDroplets(limit: number): string {
    return this.faults.replace('droplets', `at most ${limit} droplets`, this.parts.api.limitDroplets(limit));
  }

  /** All name servers have one fault at a time. */
  failDns(fault: DnsFault): string {
    this.parts.dns.fail(fault);
    return this.faults.replace('dns', `dns: ${fault}`, () => this.parts.dns.fail(undefined));
  }

  /** The object store has one fault at a time. */
  async failObjectStore(fault: StoreFault): Promise<string> {
    const store = this.objectStore();
    await store.fail(fault);
    const what = fault.kind === 'delay' ? `${fault.milliseconds} ms delay` : fault.kind;
    return this.faults.replace('spaces', `spaces: ${what}`, () => store.fail(undefined));
  }

  /** Changes bytes of an object for good. */
  async damage(bucket: string, key: string): Promise<void> {
    await this.objectStore().damage(bucket, key);
    this.parts.events.emit('lab', { message: `the object ${key} in ${bucket} is damaged` });
  }

  /** Puts a container image into the registry from which the stack pulls. */
  async push(archive: string, reference: string): Promise<void> {
    const { registry, events } = this.parts;
    if (!registry) {
      throw new Error('This lab has no registry: its stack pulls no container image.');
    }
    await registry.push(archive, reference);
    events.emit('lab', { message: `${reference} is in the registry` });
  }

  /** Says how long the API needs to move a Reserved IP from now on, in milliseconds. */
  setAssignTime(milliseconds: number): void {
    this.parts.assignTime.value = milliseconds;
  }

  /** Says what becomes of open connections when a Reserved IP moves from now on. */
  async setFlows(flows: LabOptions['flows']): Promise<void> {
    await this.parts.network.setFlows(flows);
  }

  /** Ends everything that was broken on purpose, or one thing by its name. Power stays as it is. */
  async mend(name?: string): Promise<void> {
    await this.faults.mend(name);
  }

  /** @throws one sentence when there is none */
  private objectStore(): ObjectStore {
    const { objectStore } = this.parts;
    if (!objectStore) throw new Error('This lab has no object store: nothing in its stack is about Spaces.');
    return objectStore;
  }

  private droplets(): DropletStatus[] {
    const { api, host } = this.parts;
    return api.cloud
      .of(DROPLETS)
      .values()
      .map((droplet) => {
        const spec = dropletSpec(api.cloud, droplet);
        const initPid = host.find(spec.id)?.initPid;
        return {
          id: spec.id,
          name: spec.name,
          image: spec.image,
          initPid,
          publicIp: spec.public.ip,
          privateIp: spec.private.ip,
          anchorIp: spec.anchor.ip,
          servers: initPid === undefined ? {} : (this.serverStates?.of(spec.name) ?? {}),
        };
      });
  }

  private open({ site, api }: LabOptions['listeners']): void {
    const { port } = new URL(this.parts.api.url);
    api.on('connection', (connection) => {
      const onward = connect(Number(port), '127.0.0.1');
      connection.on('error', () => onward.destroy());
      onward.on('error', () => connection.destroy());
      connection.pipe(onward).pipe(connection);
    });
    forwardToLab(site, this.name, () => this.siteAddress(), this.access.site.scheme === 'https' ? 443 : 80);
  }

  /** Where visitors come in: the first Reserved IP, and where there is none the first droplet. */
  private siteAddress(): string | undefined {
    const { cloud } = this.parts.api;
    return cloud.of(RESERVED_IPS).values()[0]?.ip ?? this.droplets()[0]?.publicIp;
  }
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
