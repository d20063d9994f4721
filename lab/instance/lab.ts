import { dropletSpec } from '../api/droplet/droplet-spec';
import { DROPLETS } from '../api/droplet/stored-droplet';
import { RESERVED_IPS } from '../api/reserved-ip/stored-reserved-ip';
import type { FaultSpec } from '../api/server/faults';
import type { RunningApi } from '../api/start-api';
import type { S3Key } from '../common/aws-signature';
import type { Events } from '../common/events';
import type { Registry } from '../external/container-registry';
import type { ObjectStore } from '../external/object-store/object-store';
import type { StoreFault } from '../external/object-store/store-fault';
import type { Dns } from '../network/dns';
import type { DnsFault } from '../network/dns-fault';
import { type Disturbance, linkOf } from '../network/faults';
import type { Network } from '../network/network';
import type { Site } from '../stack/site';
import type { DropletHost } from './droplet-host';
import { KnownFaults } from './known-faults';
import { type ServerProbe, ServerStates } from './server-states';
import { dropletNamed, endpointNamed } from './targets';

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

/** What a running lab is made of. */
export interface Parts {
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

/** One running lab: a local DigitalOcean. Its process lives in the lab's fabric, where all of DigitalOcean's addresses are. */
export class Lab {
  private readonly serverStates: ServerStates | undefined;
  private readonly faults = new KnownFaults((what, set) => this.parts.events.emit('fault', { what, set }));

  constructor(
    readonly name: string,
    private readonly parts: Parts,
    probe?: ServerProbe,
  ) {
    this.serverStates = probe && new ServerStates(() => this.droplets(), probe, parts.events);
  }

  get access(): LabAccess {
    return this.parts.access;
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
  async setFlows(flows: 'stay' | 'cut'): Promise<void> {
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

  /** Where visitors come in: the first Reserved IP, and where there is none the first droplet. */
  siteAddress(): string | undefined {
    const { cloud } = this.parts.api;
    return cloud.of(RESERVED_IPS).values()[0]?.ip ?? this.droplets()[0]?.publicIp;
  }
}
