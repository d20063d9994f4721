import { type CallName, type Emulator, TAGGED } from './emulator';
import { type Command, ServerProcess } from './server-process';

const TOKEN = 'bench';
const HEADERS = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
const ACCOUNT = { method: 'GET', path: '/v2/account' };

/** The lab's API alone, in a process of its own. */
export class DigitalOcean implements Emulator {
  private constructor(readonly server: ServerProcess) {}

  /** Starts one by a command that ends with `api`; milliseconds from there to its first answer. */
  static async start({ words, cwd }: Command): Promise<{ api: DigitalOcean; ms: number }> {
    const command = (port: number) => ({
      words: [...words, '--port', String(port), '--token', TOKEN],
      cwd,
    });
    const { server, ms } = await ServerProcess.start(command, HEADERS, ACCOUNT);
    return { api: new DigitalOcean(server), ms };
  }

  /** Every droplet will have a tag with a firewall before it, as in the stack. */
  async prepare(): Promise<void> {
    await this.post('/v2/tags', { name: 'all' });
    const rule = { protocol: 'tcp', ports: '80', sources: { tags: ['all'] } };
    await this.post('/v2/firewalls', { name: 'all', tags: ['all'], inbound_rules: [rule] });
  }

  create(n: number): Promise<unknown> {
    const tags = n < TAGGED ? ['all', 'ten'] : ['all'];
    const droplet = { name: `d-${n}`, region: 'fra1', size: 's-1vcpu-1gb', image: 'debian-13-x64', tags };
    return this.post('/v2/droplets', droplet);
  }

  async calls(): Promise<Readonly<Record<CallName, () => Promise<unknown>>>> {
    const [first] = JSON.parse(String(await this.get('/v2/droplets?per_page=1'))).droplets;
    return {
      'one machine': () => this.get(`/v2/droplets/${first.id}`),
      'a page of 20': () => this.get('/v2/droplets'),
      'a page of 200': () => this.get('/v2/droplets?per_page=200'),
      'by tag (10 match)': () => this.get('/v2/droplets?tag_name=ten'),
      'by name (1 matches)': () => this.get('/v2/droplets?name=d-0'),
    };
  }

  private get(path: string): Promise<Buffer> {
    return this.server.ask({ method: 'GET', path });
  }

  private post(path: string, body: object): Promise<Buffer> {
    return this.server.ask({ method: 'POST', path, body: JSON.stringify(body) });
  }
}
