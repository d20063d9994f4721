import type { Events } from '../common/events';

/** How often each droplet is asked, in milliseconds. */
const PAUSE = 1000;

/** A droplet that may be a load balancer: its name, and its process 1 while it has power. */
export interface Candidate {
  readonly name: string;
  readonly initPid: number | undefined;
}

/**
 * What a module that a stack declares as `serverStates` has to export by default: it tells the state ("UP", "DOWN") of each server
 * behind the load balancer in a droplet, by the server's name; undefined for a droplet that is none.
 *
 * @param initPid process 1 of the droplet, as the machine numbers it: its files are below /proc/PID/root
 */
export type ServerProbe = (initPid: number) => Promise<ReadonlyMap<string, string> | undefined>;

/** Watches the servers behind every load balancer of the lab, and tells when one goes up or down. */
export class ServerStates {
  /** What each load balancer has said last. */
  private readonly states = new Map<string, ReadonlyMap<string, string>>();
  /** Those that did not answer when they were asked last. */
  private readonly silent = new Set<string>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly candidates: () => readonly Candidate[],
    private readonly probe: ServerProbe,
    private readonly events: Events,
  ) {
    this.timer = setInterval(() => this.look(), PAUSE);
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** The servers that a load balancer knows, each with its state; none while it says nothing. */
  of(loadBalancer: string): Record<string, string> {
    const said = this.silent.has(loadBalancer) ? undefined : this.states.get(loadBalancer);
    return Object.fromEntries(said ?? []);
  }

  private look(): void {
    for (const { name, initPid } of this.candidates()) {
      const servers = initPid === undefined ? Promise.resolve(undefined) : this.probe(initPid);
      servers.then(
        (found) => this.note(name, found),
        () => this.note(name, undefined),
      );
    }
  }

  private note(loadBalancer: string, servers: ReadonlyMap<string, string> | undefined): void {
    if (!servers) {
      this.silent.add(loadBalancer);
      return;
    }
    const before = this.states.get(loadBalancer);
    this.states.set(loadBalancer, servers);
    this.silent.delete(loadBalancer);
    for (const [server, state] of servers) {
      if (before?.get(server) !== state) this.events.emit('server', { loadBalancer, server, state });
    }
  }
}
