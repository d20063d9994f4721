import { connect } from 'node:net';
import type { Events } from './events';

/** How often each load balancer is asked, in milliseconds. */
const PAUSE = 1000;

/** A droplet that may run HAProxy: its name, and its process 1 while it has power. */
export interface Candidate {
  readonly name: string;
  readonly leader: number | undefined;
}

/** Watches the servers behind every HAProxy of the lab, and tells when one goes up or down. */
export class Backends {
  /** By "load balancer backend/server". */
  private readonly states = new Map<string, string>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly candidates: () => readonly Candidate[],
    private readonly events: Events,
  ) {
    this.timer = setInterval(() => this.look(), PAUSE);
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** The servers that a load balancer knows, by "backend/address". */
  of(loadBalancer: string): Record<string, string> {
    const own = [...this.states].filter(([key]) => key.startsWith(`${loadBalancer} `));
    return Object.fromEntries(own.map(([key, state]) => [key.slice(loadBalancer.length + 1), state]));
  }

  private look(): void {
    for (const { name, leader } of this.candidates()) {
      if (leader !== undefined) {
        askHaproxy(leader).then((servers) => this.note(name, servers));
      }
    }
  }

  private note(loadBalancer: string, servers: ReadonlyMap<string, string> | undefined): void {
    for (const [server, state] of servers ?? []) {
      const key = `${loadBalancer} ${server}`;
      if (this.states.get(key) !== state) {
        this.states.set(key, state);
        const [backend = '', address = ''] = server.split('/');
        this.events.emit('backend', { loadBalancer, backend, server: address, state });
      }
    }
    for (const key of this.states.keys()) {
      if (servers && key.startsWith(`${loadBalancer} `) && !servers.has(key.slice(loadBalancer.length + 1))) {
        this.states.delete(key);
      }
    }
  }
}

/** State ("UP", "DOWN") by "backend/address", from the statistics of the HAProxy in a droplet; undefined without one. */
function askHaproxy(leader: number): Promise<ReadonlyMap<string, string> | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(`/proc/${leader}/root/run/haproxy/admin.sock`)
      .setTimeout(PAUSE, () => socket.destroy())
      .on('connect', () => socket.end('show stat\n'))
      .on('data', (data) => {
        answer += data;
      })
      .on('error', () => resolve(undefined))
      .on('close', () => resolve(answer ? serversIn(answer) : undefined));
  });
}

function serversIn(statistics: string): ReadonlyMap<string, string> {
  const [header = '', ...lines] = statistics.replace(/^# /, '').trim().split('\n');
  const columns = header.split(',');
  const rows = lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
  });
  const servers = rows.filter(
    // A place of the server-template that no address has taken is in maintenance for want of resolution.
    ({ svname, status }) => !['FRONTEND', 'BACKEND'].includes(svname ?? '') && !status?.startsWith('MAINT'),
  );
  return new Map(
    servers.map(({ pxname, addr, status }) => [`${pxname}/${addr}`, status?.split(' ')[0] ?? '']),
  );
}
