import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { join } from 'node:path';
import type { Cloud } from './api/cloud';
import type { FaultSpec } from './api/faults';
import type { DropletSpec } from './api/hardware';
import { defaultActionTime, type RunningApi, startApi } from './api/server';
import { Backends } from './backends';
import { PACKAGES as PACKAGE_FOLDER } from './droplet/images';
import { PackageCache } from './droplet/package-cache';
import { stateOf } from './droplet/paths';
import { dropletNamed, endNamed } from './ends';
import { Events } from './events';
import { MachineRoom } from './machine-room';
import { API, PACKAGES } from './network/addresses';
import { makeCertificates } from './network/certificate';
import { type Dns, startDns } from './network/dns';
import type { DnsFault } from './network/dns-server';
import type { Disturbance } from './network/faults';
import { startMetadata } from './network/metadata';
import { createNetwork, type Network } from './network/network';
import { passToLab } from './network/passage';
import { type OutsideWorldSpec, outsideHosts, startOutsideWorld } from './outside-world';
import { eventsFile, siteAuthority } from './places';
import type { Registry } from './registry';
import type { Site, SiteSpec } from './site';

/** The machine's own network, from which packages are fetched: `up` hands it to the lab's process as a file. */
const OUTSIDE = `/proc/${process.pid}/fd/4`;

export type Power = 'power-on' | 'power-off' | 'shutdown' | 'reboot';

export interface DropletStatus {
  readonly id: number;
  readonly name: string;
  readonly image: string;
  /** Process 1 as the machine numbers it; undefined without power. */
  readonly leader: number | undefined;
  readonly publicIp: string;
  readonly privateIp: string;
  /** Where traffic for its Reserved IP arrives. */
  readonly anchorIp: string;
  /** What HAProxy on it says of the servers behind it: state by "backend/address". */
  readonly backends: Readonly<Record<string, string>>;
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
  readonly reservedIpToken: string;
  /** Host name of the one registry that the stack's droplets reach. @default - none */
  readonly registry?: string;
}

export interface LabOptions {
  readonly name: string;
  /** What becomes of established connections when a Reserved IP moves: nobody outside DigitalOcean knows. */
  readonly flows: 'stay' | 'cut';
  /** Listening on the machine's loopback: one leads to the first Reserved IP, the other to the API. */
  readonly passages: { readonly site: Server; readonly api: Server };
  readonly site: SiteSpec;
  readonly outside: OutsideWorldSpec;
}

interface Parts {
  /** Milliseconds that the API needs to move a Reserved IP. */
  readonly assignTime: { value: number };
  readonly events: Events;
  readonly network: Network;
  readonly machines: MachineRoom;
  readonly api: RunningApi;
  readonly dns: Dns;
  readonly registry: Registry | undefined;
  readonly access: LabAccess;
}

/** How long the API needs to move a Reserved IP, until somebody says otherwise. Milliseconds. */
const ASSIGN_TIME = 1000;

/** One running lab: a local DigitalOcean. Its process lives in the lab's fabric, where all of DigitalOcean's addresses are. */
export class Lab {
  readonly access: LabAccess;
  private readonly backends: Backends;
  /** What was broken on purpose, with what mends it. */
  private readonly faults = new Map<string, () => Promise<void> | void>();

  private constructor(
    readonly name: string,
    private readonly parts: Parts,
  ) {
    this.access = parts.access;
    this.backends = new Backends(() => this.droplets(), parts.events);
  }

  static async start({ name, flows, passages, site, outside }: LabOptions): Promise<Lab> {
    const state = stateOf(name);
    await mkdir(state, { recursive: true, mode: 0o700 });
    const events = new Events(eventsFile(name));
    const hosts = outsideHosts(outside);
    const certificates = await makeCertificates(join(state, 'certificates'), [...hosts.keys()]);
    const network = await createNetwork(name, { flows });
    const { registry, root } = await startOutsideWorld(name, outside, certificates, state);
    const authorities = [await readFile(certificates.authority.certificate, 'utf8'), ...(root ? [root] : [])];
    const machines = new MachineRoom(network, {
      lab: name,
      certificates: authorities,
      network: OUTSIDE,
      onPower: (droplet, on, problem) => notePower(api.cloud, events, droplet, on, problem),
    });
    const access = {
      apiUrl: `http://127.0.0.1:${portOf(passages.api)}`,
      site: { ...site, port: portOf(passages.site), authority: root && siteAuthority(name) },
      deployToken: newToken(),
      reservedIpToken: newToken(),
      registry: outside.registry?.host,
    };
    const assignTime = { value: ASSIGN_TIME };
    const api = await startApi({
      actionTime: (type) =>
        ['assign_ip', 'unassign_ip'].includes(type) ? assignTime.value : defaultActionTime(type),
      token: access.deployToken,
      tokens: [{ token: access.reservedIpToken, scopes: ['reserved_ip:update'], name: 'reserved-ip' }],
      listen: [
        { port: 0 }, // on the fabric's loopback: for the passage from the machine
        {
          host: API,
          port: 443,
          tls: {
            cert: await readFile(certificates.api.certificate, 'utf8'),
            key: await readFile(certificates.api.key, 'utf8'),
          },
        },
      ],
      hardware: machines,
      stateFile: join(state, 'api.journal'),
      events,
    });
    await startMetadata({ resident: (address) => network.resident(address) });
    await new PackageCache(PACKAGE_FOLDER, OUTSIDE).listen({ host: PACKAGES, port: 80 });
    const dns = await startDns({ zones: zonesOf(api.cloud), hosts });
    const lab = new Lab(name, { assignTime, events, network, machines, api, dns, registry, access });
    lab.open(passages);
    return lab;
  }

  status(): LabStatus {
    const { cloud } = this.parts.api;
    const holders = cloud.reservedIps
      .values()
      .map(({ ip, dropletId }) => [
        ip,
        dropletId === null ? null : (cloud.droplets.get(dropletId)?.name ?? null),
      ]);
    return {
      lab: this.name,
      droplets: this.droplets(),
      reservedIps: Object.fromEntries(holders),
      faults: [...this.faults.keys()],
    };
  }

  /** Does something to a droplet at once, as the control panel would after a while. */
  async power(name: string, what: Power): Promise<void> {
    const { id } = dropletNamed(name, this.droplets());
    const { machines } = this.parts;
    const actions = {
      'power-on': () => machines.powerOn(id),
      'power-off': () => machines.powerOff(id),
      shutdown: () => machines.shutdown(id),
      reboot: () => machines.reboot(id),
    };
    await actions[what]();
  }

  /** What is broken on purpose has a name, by which it can be mended: each of these resolves to it. */
  async cut(from: string, to: string, oneWay: boolean): Promise<string> {
    const droplets = this.droplets();
    const end = await this.parts.network.cut(endNamed(from, droplets), endNamed(to, droplets), { oneWay });
    return this.note(`cut from ${from} to ${to}${oneWay ? ', this way only' : ''}`, end);
  }

  async disturb(link: string, disturbance: Disturbance): Promise<string> {
    await this.parts.network.disturb(endNamed(link, this.droplets()), disturbance);
    const { loss = 0, delay = 0 } = disturbance;
    return this.note(`link ${link}: ${loss} % lost, ${delay} ms later`, () => this.parts.network.mend());
  }

  failCalls(fault: FaultSpec): string {
    const clear = this.parts.api.fault(fault);
    return this.note(`${fault.kind} on ${fault.call}`, clear);
  }

  failDns(fault: DnsFault): string {
    this.parts.dns.fail(fault);
    return this.note(`dns: ${fault}`, () => this.parts.dns.fail(undefined));
  }

  /** Puts a container image into the registry from which the stack pulls. */
  async push(archive: string, reference: string): Promise<void> {
    const { registry, events } = this.parts;
    if (!registry) {
      throw new Error('This lab has no registry: its stack runs the sample application, not app.image.');
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
    for (const [what, mend] of this.faults) {
      if (name !== undefined && what !== name) continue;
      this.faults.delete(what);
      await mend();
      this.parts.events.emit('fault', { what, set: false });
    }
  }

  private note(what: string, mend: () => Promise<void> | void): string {
    const earlier = this.faults.get(what);
    this.faults.set(what, async () => {
      await earlier?.(); // the same was broken twice
      await mend();
    });
    this.parts.events.emit('fault', { what, set: true });
    return what;
  }

  private droplets(): DropletStatus[] {
    const { api, machines } = this.parts;
    return api.cloud.droplets.values().map((droplet) => {
      const spec = api.cloud.dropletSpec(droplet);
      return {
        id: spec.id,
        name: spec.name,
        image: spec.image,
        leader: machines.find(spec.id)?.leader,
        publicIp: spec.public.ip,
        privateIp: spec.private.ip,
        anchorIp: spec.anchor.ip,
        backends: this.backends?.of(spec.name) ?? {},
      };
    });
  }

  private open({ site, api }: LabOptions['passages']): void {
    const { port } = new URL(this.parts.api.url);
    api.on('connection', (connection) => {
      const onward = connect(Number(port), '127.0.0.1');
      connection.on('error', () => onward.destroy());
      onward.on('error', () => connection.destroy());
      connection.pipe(onward).pipe(connection);
    });
    const { cloud } = this.parts.api;
    const openSite = () => {
      const [reservedIp] = cloud.reservedIps.values();
      if (reservedIp) {
        stopWaiting();
        passToLab(site, this.name, reservedIp.ip, this.access.site.scheme === 'https' ? 443 : 80);
      }
    };
    const stopWaiting = cloud.onChange(openSite);
  }
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
  const droplet = cloud.droplets.get(id);
  if (droplet && droplet.status !== 'new' && !cloud.isPending(`droplet:${id}`)) {
    cloud.store.transaction(() => cloud.droplets.set(id, { ...droplet, status: on ? 'active' : 'off' }));
  }
}

function zonesOf(cloud: Cloud) {
  return {
    zones: () => cloud.domains.values().map(({ name }) => name),
    records: (zone: string) => cloud.records(zone) ?? [],
  };
}

function portOf(listener: Server): number {
  const address = listener.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function newToken(): string {
  return `dop_v1_${randomBytes(32).toString('hex')}`;
}
