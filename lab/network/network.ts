import type { DropletSpec, FirewallSpec } from '../api/server/hardware';
import { run } from '../common/run';
import { type DelayLine, type HoldingLine, startDelayLine, startHoldingLine } from './delay-line';
import { addClient, addFabric, configureFabric } from './fabric';
import {
  checkCut,
  checkDisturbance,
  type Disturbance,
  type Endpoint,
  type Hold,
  linkOf,
  MTU,
} from './faults';
import { checkLabName, clientOf, dropletNamespace, fabricOf, publicLink, vpcLink } from './link-names';
import { addLinks, lowerLinks, raiseLinks, removeLinks, setMtu } from './links';
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

/** Ends a fault; once it is over it does nothing. */
export type Mend = () => Promise<void>;

interface ActiveHold extends Hold {
  readonly line: HoldingLine;
}

interface ActiveDisturbance extends Disturbance {
  readonly endpoint: Endpoint;
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

/** What is decided by the filter, with the processes behind it. */
interface State extends FilterState {
  readonly holds: readonly ActiveHold[];
  readonly disturbances: ReadonlyMap<string, ActiveDisturbance>;
}

type Edit = (state: State) => Partial<State>;

interface Change {
  readonly edit: Edit;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** One lab's network: who is plugged in, what may pass, what is broken. Made by createNetwork. */
export class Network {
  /** Namespace of the stack's users; `ip netns exec` also gives it the lab's resolvers. */
  readonly client: string;
  /** What is so: a change that could not be made is none of it. */
  private state: State = {
    droplets: [],
    firewalls: [],
    holders: new Map(),
    flows: 'stay',
    cuts: [],
    holds: [],
    disturbances: new Map(),
  };
  private holdersInMetadata: FilterState['holders'] = new Map();
  private waiting: Change[] = [];
  private turn: Promise<void> = Promise.resolve();

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
    await this.change(({ droplets }) => ({ droplets: [...droplets, droplet] }));
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
    await this.change(({ droplets, holds, disturbances }) => ({
      droplets: droplets.filter((other) => other !== droplet),
      holds: holds.filter(({ from, to }) => ![from, to].some((endpoint) => links.includes(linkOf(endpoint)))),
      disturbances: new Map([...disturbances].filter(([link]) => !links.includes(link))),
    }));
    await removeLinks(this.lab, droplet);
  }

  /** Replaces all cloud firewalls at once; established connections stay. */
  async setFirewalls(firewalls: readonly FirewallSpec[]): Promise<void> {
    await this.change(() => ({ firewalls }));
  }

  /** Points a Reserved IP at the droplet with this anchor address, or at nobody. Metadata follows a little later. */
  async assignReservedIp(reservedIp: string, anchor: string | null): Promise<void> {
    await this.change(({ holders }) => ({ holders: assigned(holders, reservedIp, anchor) }));
    const publish = () => {
      this.holdersInMetadata = assigned(this.holdersInMetadata, reservedIp, anchor);
    };
    setTimeout(publish, this.options.metadataDelay ?? 300).unref();
  }

  /** Chooses what becomes of established connections when a Reserved IP moves. */
  async setFlows(flows: FilterState['flows']): Promise<void> {
    await this.change(() => ({ flows }));
  }

  /** Loses all packets between two ends, or only those from the first to the second. The resolved function ends that. */
  async cut(from: Endpoint, to: Endpoint, { oneWay = false } = {}): Promise<Mend> {
    checkCut({ from, to });
    const ways = oneWay ? [{ from, to }] : [{ from, to }, { from: to, to: from }]; // biome-ignore format: pairs
    await this.change(({ cuts }) => ({ cuts: [...cuts, ...ways] }));
    return () => this.change(({ cuts }) => ({ cuts: cuts.filter((cut) => !ways.includes(cut)) }));
  }

  /**
   * Holds back all packets between two links, as while a droplet is moved to another host. The resolved function lets them go on,
   * those that wait first.
   */
  async hold(one: Endpoint, other: Endpoint): Promise<Mend> {
    const ways = [{ from: one, to: other }, { from: other, to: one }]; // biome-ignore format: pairs
    for (const endpoint of [one, other]) this.checkLink(endpoint);
    const lines: HoldingLine[] = [];
    try {
      for (const _ of ways) lines.push(await startHoldingLine(this.lab));
      const held = ways.map((way, i): ActiveHold => ({ ...way, line: lines[i] as HoldingLine }));
      await this.change(({ holds }) => ({ holds: [...holds, ...held] }));
      return () => this.letGo(held);
    } catch (error) {
      for (const line of lines) line.stop();
      throw error;
    }
  }

  /** Makes the link of a droplet's side, or of the client, lossy, slow or narrow; replaces what it was before. The resolved function ends that. */
  async disturb(endpoint: Endpoint, disturbance: Disturbance): Promise<Mend> {
    checkDisturbance(disturbance);
    const link = this.checkLink(endpoint);
    const line = disturbance.delay ? await startDelayLine(this.lab, disturbance.delay) : undefined;
    const active: ActiveDisturbance = { ...disturbance, endpoint, line };
    try {
      await this.change(({ disturbances }) => ({ disturbances: new Map([...disturbances, [link, active]]) }));
    } catch (error) {
      line?.stop();
      throw error;
    }
    const others = (all: State['disturbances']) => new Map([...all].filter(([, other]) => other !== active));
    return () => this.change(({ disturbances }) => ({ disturbances: others(disturbances) }));
  }

  /** Ends all cuts, holds and disturbances. */
  async mend(): Promise<void> {
    await this.letGo(this.state.holds);
    await this.change(() => ({ cuts: [], disturbances: new Map() }));
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
    await this.turn;
    for (const line of linesOf(this.state)) line.stop();
    await sweep(this.lab);
  }

  private find(dropletId: number): DropletSpec {
    const droplet = this.state.droplets.find(({ id }) => id === dropletId);
    if (!droplet)
      throw new Error(`Droplet ${dropletId} is not plugged into the network of lab "${this.lab}".`);
    return droplet;
  }

  /** The link of an endpoint. @throws when there is none */
  private checkLink(endpoint: Endpoint): string {
    const link = linkOf(endpoint);
    if (typeof endpoint === 'object') this.find(endpoint.droplet);
    return link;
  }

  private async letGo(held: readonly ActiveHold[]): Promise<void> {
    await Promise.all(held.map(({ line }) => line.release()));
    await this.change(({ holds }) => ({ holds: holds.filter((hold) => !held.includes(hold)) }));
  }

  /** Changes what is so, or rejects and leaves it. Changes that wait for their turn are made at once. */
  private change(edit: Edit): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ edit, resolve, reject });
      this.turn = this.turn.then(() => this.make(this.waiting.splice(0)));
    });
  }

  /** What can't be done together is done one by one, so that only what is wrong is refused. */
  private async make(changes: readonly Change[]): Promise<void> {
    try {
      if (changes.length > 0) await this.load(changes.map(({ edit }) => edit));
      for (const { resolve } of changes) resolve();
    } catch (error) {
      if (changes.length === 1) changes[0]?.reject(error as Error);
      else for (const change of changes) await this.make([change]);
    }
  }

  private async load(edits: readonly Edit[]): Promise<void> {
    const before = this.state;
    let state = before;
    for (const edit of edits) state = { ...state, ...edit(state) };
    await run([...inside(fabricOf(this.lab)), 'nft', '-f', '-'], { input: packetFilter(state) });
    await this.setMtus(before, state);
    this.state = state;
    // No packet is led any longer to those that are not used.
    for (const line of linesOf(before)) if (!linesOf(state).includes(line)) line.stop();
  }

  private async setMtus(before: State, state: State): Promise<void> {
    for (const [link, { endpoint }] of [...before.disturbances, ...state.disturbances]) {
      const [was, is] = [before, state].map(({ disturbances }) => disturbances.get(link)?.mtu ?? MTU);
      const isThere =
        endpoint === 'client' ||
        state.droplets.some(({ id }) => publicLink(id) === link || vpcLink(id) === link);
      if (was !== is && isThere) await setMtu(this.lab, endpoint, is ?? MTU);
    }
  }
}

function linesOf({ holds, disturbances }: State): DelayLine[] {
  return [...holds, ...disturbances.values()].flatMap(({ line }) => line ?? []);
}

/** A Reserved IP has one holder, and a droplet holds one. */
function assigned(holders: FilterState['holders'], reservedIp: string, anchor: string | null) {
  const others = [...holders].filter(([ip, holder]) => ip !== reservedIp && holder !== anchor);
  return new Map(anchor ? [...others, [reservedIp, anchor]] : others);
}
