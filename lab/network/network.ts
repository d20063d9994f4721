import type { DropletSpec, FirewallSpec } from '../api/hardware';
import { run } from '../run';
import { type DelayLine, startDelayLine } from './delay-line';
import { addClient, addFabric, configureFabric } from './fabric';
import { type Cut, checkCut, checkDisturbance, type Disturbance, type End, linkOf } from './faults';
import { addLinks, lowerLinks, raiseLinks, removeLinks } from './links';
import { checkLabName, clientOf, dropletNamespace, fabricOf, publicLink, vpcLink } from './names';
import { inside, pathOf } from './namespace';
import { type FilterState, packetFilter } from './packet-filter';
import { sweep } from './sweep';

export interface NetworkOptions {
  /** What becomes of established connections when a Reserved IP moves. @default 'stay' */
  readonly flows?: FilterState['flows'];
  /** How long metadata lags behind the move of a Reserved IP, in milliseconds. @default 300 */
  readonly metadataDelay?: number;
}

/** A droplet as metadata knows it. */
export interface Resident {
  readonly droplet: DropletSpec;
  readonly reservedIp: string | undefined;
}

interface ActiveDisturbance extends Disturbance {
  readonly line?: DelayLine;
}

/** Lays the lab's network. Its fabric may be there already, since the lab's process runs inside of it. */
export async function createNetwork(lab: string, options: NetworkOptions = {}): Promise<Network> {
  checkLabName(lab);
  await addFabric(lab);
  await configureFabric(lab);
  await addClient(lab);
  const network = new Network(lab, options);
  await network.setFlows(options.flows ?? 'stay');
  return network;
}

/** One lab's network: who is plugged in, what may pass, what is broken. Made by createNetwork. */
export class Network {
  /** Namespace of the stack's users; `ip netns exec` also gives it the lab's resolvers. */
  readonly client: string;
  private state: FilterState = {
    droplets: [],
    firewalls: [],
    holders: new Map(),
    flows: 'stay',
    cuts: [],
    disturbances: new Map(),
  };
  private disturbances: ReadonlyMap<string, ActiveDisturbance> = new Map();
  private holdersInMetadata: FilterState['holders'] = new Map();
  private lastLoad: Promise<unknown> = Promise.resolve();
  private nextLoad: Promise<void> | undefined;

  constructor(
    readonly lab: string,
    private readonly options: NetworkOptions,
  ) {
    this.client = clientOf(lab);
  }

  /**
   * Gives a droplet its namespace with two unconfigured network cards. A droplet that had one gets a new one, as after a
   * rebuild. Resolves to the namespace's path.
   */
  async plugIn(droplet: DropletSpec): Promise<string> {
    await this.remove(droplet.id);
    await this.change({ droplets: [...this.state.droplets, droplet] });
    await addLinks(this.lab, droplet);
    return pathOf(dropletNamespace(this.lab, droplet.id));
  }

  /** From now on the network sees a droplet without power. */
  async unplug(dropletId: number): Promise<void> {
    await lowerLinks(this.lab, this.find(dropletId));
  }

  /** Ends unplug. */
  async replug(dropletId: number): Promise<void> {
    await raiseLinks(this.lab, this.find(dropletId));
  }

  /** Removes a droplet's namespace and network cards; an unknown droplet has none. */
  async remove(dropletId: number): Promise<void> {
    const droplet = this.state.droplets.find(({ id }) => id === dropletId);
    if (!droplet) return;
    const links = [publicLink(dropletId), vpcLink(dropletId)];
    await this.setDisturbances([...this.disturbances].filter(([link]) => !links.includes(link)));
    await this.change({ droplets: this.state.droplets.filter((other) => other !== droplet) });
    await removeLinks(this.lab, droplet);
  }

  /** Replaces all cloud firewalls at once; established connections stay. */
  async setFirewalls(firewalls: readonly FirewallSpec[]): Promise<void> {
    await this.change({ firewalls });
  }

  /** Points a Reserved IP at the droplet with this anchor address, or at nobody. Metadata follows a little later. */
  async assignReservedIp(reservedIp: string, anchor: string | null): Promise<void> {
    const holders = assigned(this.state.holders, reservedIp, anchor);
    await this.change({ holders });
    const publish = () => {
      this.holdersInMetadata = holders;
    };
    setTimeout(publish, this.options.metadataDelay ?? 300).unref();
  }

  /** Chooses what becomes of established connections when a Reserved IP moves. */
  async setFlows(flows: FilterState['flows']): Promise<void> {
    await this.change({ flows });
  }

  /** Loses all packets between two ends, or only those from the first to the second. The resolved function ends that. */
  async cut(from: End, to: End, { oneWay = false } = {}): Promise<() => Promise<void>> {
    checkCut({ from, to });
    const cuts: Cut[] = oneWay
      ? [{ from, to }]
      : [
          { from, to },
          { from: to, to: from },
        ];
    await this.change({ cuts: [...this.state.cuts, ...cuts] });
    return () => this.change({ cuts: this.state.cuts.filter((cut) => !cuts.includes(cut)) });
  }

  /** Makes the link of a droplet's side, or of the client, lossy or slow; replaces what it was before. */
  async disturb(end: End, disturbance: Disturbance): Promise<void> {
    checkDisturbance(disturbance);
    const link = linkOf(end);
    if (typeof end === 'object') this.find(end.droplet);
    const line = disturbance.delay ? await startDelayLine(this.lab, disturbance.delay) : undefined;
    await this.setDisturbances([...this.disturbances, [link, { ...disturbance, line }]]);
  }

  /** Ends all cuts and disturbances. */
  async mend(): Promise<void> {
    await this.change({ cuts: [] });
    await this.setDisturbances([]);
  }

  /** The droplet with this public or anchor address, as metadata sees it. */
  resident(address: string): Resident | undefined {
    const droplet = this.state.droplets.find((d) => [d.public.ip, d.anchor.ip].includes(address));
    if (!droplet) return undefined;
    const held = [...this.holdersInMetadata].find(([, anchor]) => anchor === droplet.anchor.ip);
    return { droplet, reservedIp: held?.[0] };
  }

  /** Removes the whole network. */
  async close(): Promise<void> {
    await this.lastLoad;
    for (const { line } of this.disturbances.values()) line?.stop();
    await sweep(this.lab);
  }

  private find(dropletId: number): DropletSpec {
    const droplet = this.state.droplets.find(({ id }) => id === dropletId);
    if (!droplet)
      throw new Error(`Droplet ${dropletId} is not plugged into the network of lab "${this.lab}".`);
    return droplet;
  }

  /** Delay lines that are no longer used end once no packet is led to them. */
  private async setDisturbances(disturbances: Iterable<[string, ActiveDisturbance]>): Promise<void> {
    const before = [...this.disturbances.values()];
    this.disturbances = new Map(disturbances);
    await this.change({ disturbances: this.disturbances });
    const used = [...this.disturbances.values()];
    for (const { line } of before) if (!used.some((other) => other.line === line)) line?.stop();
  }

  private async change(part: Partial<FilterState>): Promise<void> {
    const state = { ...this.state, ...part };
    packetFilter(state); // throws at what it can't express, before that is ours
    this.state = state;
    await this.load();
  }

  /** Loads the filter for the state of the moment. Calls that come while one waits for its turn share it. */
  private load(): Promise<void> {
    this.nextLoad ??= this.lastLoad.then(async () => {
      this.nextLoad = undefined;
      await run([...inside(fabricOf(this.lab)), 'nft', '-f', '-'], { input: packetFilter(this.state) });
    });
    const load = this.nextLoad;
    this.lastLoad = load.catch(() => {});
    return load;
  }
}

/** A Reserved IP has one holder, and a droplet holds one. */
function assigned(holders: FilterState['holders'], reservedIp: string, anchor: string | null) {
  const others = [...holders].filter(([ip, holder]) => ip !== reservedIp && holder !== anchor);
  return new Map(anchor ? [...others, [reservedIp, anchor]] : others);
}
