import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Json, synth } from '../../__tests__/synth';
import { hasTerraform } from '../../__tests__/terraform';
import { Deployment } from '../../lab/apply/testing/deployment';
import { until } from '../../lab/common/until';

/**
 * In which order the synthesized stack replaces droplets, by Terraform itself and by the lab's own apply. Terraform's registry may be out
 * of reach, so what providers would make is terraform_data here: with the names, the dependencies and the order of the stack. Conditions
 * are on what a droplet alone has, and so left out; one that fails stands for them.
 */
const TIERS = ['web', 'app'];
const stack = synth({ web: { count: 2 }, app: { count: 2 } });

/**
 * The graph of the stack. A droplet is replaced by another revision; a gate is passed unless it has a command of its own here; the
 * condition of a droplet holds, once that is made, unless it is `untold`.
 */
function graphOf(revision: number, commands: Readonly<Record<string, string>> = {}, untold = ''): Json {
  const { digitalocean_droplet, digitalocean_record, terraform_data } = stack.resource;
  const found: Json = {};
  for (const [name, { lifecycle }] of Object.entries<Json>(digitalocean_droplet)) {
    const { create_before_destroy } = lifecycle;
    if (!create_before_destroy) continue;
    const condition = name === untold ? '${self.id == ""}' : '${self.id != ""}';
    const postcondition = [{ condition, error_message: 'Not all is told of it.' }];
    found[name] = { triggers_replace: { revision }, lifecycle: { create_before_destroy, postcondition } };
  }
  for (const [name, { value, depends_on }] of Object.entries<Json>(digitalocean_record)) {
    const [, droplet = ''] = /^\$\{digitalocean_droplet\.([\w-]+)\.ipv4_address_private\}$/.exec(value) ?? [];
    if (found[droplet]) found[name] = { input: `\${terraform_data.${droplet}.id}`, depends_on };
  }
  for (const [name, { triggers_replace, depends_on }] of Object.entries<Json>(terraform_data)) {
    if (!name.startsWith('new-')) continue;
    const command = commands[name] ?? 'true';
    found[name] = { triggers_replace, depends_on, provisioner: [{ 'local-exec': { command } }] };
  }
  const text = JSON.stringify({ resource: { terraform_data: found } });
  return JSON.parse(text.replaceAll(/digitalocean_(droplet|record)\./g, 'terraform_data.'));
}

/** What was done, in order: "make web-1", "change dns-web-1", "destroy web-1". */
type Events = readonly string[];
/** Who applies: the program that does it, as words of a command line, and the events in what it says. */
interface Applier {
  readonly command: (deployment: Deployment, graph: Json) => readonly string[];
  readonly events: (said: string) => Events;
}

const LAB = `
  require('ts-node/register');
  const { BuiltInApply } = require('./lab/apply/built-in-apply');
  const target = JSON.parse(process.argv[1]);
  new BuiltInApply({ ...target, onProgress: (line) => console.log(line) }).apply().catch(() => {});
`;

const byTheLab: Applier = {
  command: (deployment, graph) => ['node', '--eval', LAB, JSON.stringify(deployment.target(graph))],
  events(said) {
    const kinds: Record<string, string> = { creating: 'make', replacing: 'make', changing: 'change' };
    const begun = new Map<string, string>();
    return said.split('\n').flatMap((line) => {
      const [, name = '', what = ''] = /^terraform_data\.(\S+): (\w+)/.exec(line) ?? [];
      if (what === 'done') return [`${begun.get(name)} ${name}`];
      if (name) begun.set(name, kinds[what] ?? 'destroy');
      return [];
    });
  },
};

const byTerraform: Applier = {
  command({ folder }, graph) {
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(graph));
    const there = ['terraform', `-chdir=${folder}`];
    spawnSync('terraform', [`-chdir=${folder}`, 'init'], { env: ENVIRONMENT });
    return [...there, 'apply', '-auto-approve', '-no-color'];
  },
  events(said) {
    const done = /^terraform_data\.(\S+)(?: \(deposed object \w+\))?: (\w+) complete/gm;
    const kinds: Record<string, string> = { Creation: 'make', Modifications: 'change' };
    return [...said.matchAll(done)].map(([, name, what = '']) => `${kinds[what] ?? 'destroy'} ${name}`);
  },
};

/**
 * Applies; once the file is there, if one is given, and all else is done, it is killed with all that it has started. Not in the middle of
 * something: Terraform writes its state in place, and loses all of it when it is killed then (lib/commands/state.ts).
 */
async function run(
  applier: Applier,
  deployment: Deployment,
  graph: Json,
  killedAt?: string,
): Promise<Events> {
  const [command = '', ...args] = applier.command(deployment, graph);
  const options = { cwd: join(__dirname, '../..'), env: ENVIRONMENT, detached: true };
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  child.stdout.on('data', (data) => {
    said += data;
  });
  const ended = once(child, 'close');
  try {
    let before = '';
    const isStill = async () => existsSync(killedAt ?? '') && said !== '' && said === before;
    const look = () => isStill().finally(() => (before = said));
    if (killedAt) await until(look, { within: 120_000, otherwise: () => said, pause: 1000 });
    else await ended;
  } finally {
    if (child.exitCode === null) process.kill(-Number(child.pid), 'SIGKILL');
  }
  await ended;
  return applier.events(said);
}

const ENVIRONMENT = { ...process.env, CHECKPOINT_DISABLE: '1' };

function expectOrder(events: Events, ...inOrder: string[]): void {
  const places = inOrder.map((event) => [event, events.lastIndexOf(event)] as const);
  expect(places.filter(([, place]) => place < 0)).toEqual([]);
  expect(places.map(([event]) => event)).toEqual(
    [...places].sort(([, a], [, b]) => a - b).map(([event]) => event),
  );
}

function expectReplaced(events: Events, tier: string): void {
  for (const name of [`${tier}-1`, `${tier}-2`]) {
    expectOrder(
      events,
      `make ${name}`,
      `change dns-watched-${name}`,
      `make new-${tier}-fit`,
      `change dns-${name}`,
      `make new-${tier}-moved`,
      `destroy ${name}`,
    );
  }
}

describe('a deployment by the lab', () => keepsTheOrder(byTheLab));

(hasTerraform ? describe : describe.skip)(
  'a deployment by Terraform (not run where terraform is missing)',
  () => keepsTheOrder(byTerraform),
);

function keepsTheOrder(applier: Applier): void {
  let deployment: Deployment;
  const deploy = (graph: Json, killedAt?: string) => run(applier, deployment, graph, killedAt);

  beforeEach(async () => {
    deployment = await Deployment.start();
    await deploy(graphOf(1));
  });

  afterEach(() => deployment.end());

  test('looks at new droplets, uses them, waits for everybody, and then destroys the old ones', async () => {
    const events = await deploy(graphOf(2));
    for (const tier of TIERS) expectReplaced(events, tier);
    expectOrder(
      events,
      'make new-load-balancer-fit',
      'change dns-load-balancer-1',
      'make new-load-balancer-1-moved',
      'change dns-load-balancer-2',
      'make new-load-balancer-2-moved',
      'destroy load-balancer-2',
    );
    expectOrder(events, 'make new-load-balancer-1-moved', 'destroy load-balancer-1');
    expect(await deploy(graphOf(2))).toEqual([]);
  });

  test('neither uses nor destroys anything of a tier whose gate stays shut, however often it is repeated', async () => {
    for (let attempt = 0; attempt < 2; attempt++) {
      const events = await deploy(graphOf(2, { 'new-web-fit': 'false' }));
      expect(events.filter((event) => /^(change dns-web|destroy web)/.test(event))).toEqual([]);
    }
    const events = await deploy(graphOf(2));
    for (const name of ['web-1', 'web-2']) {
      expectOrder(events, 'make new-web-fit', `change dns-${name}`, 'make new-web-moved', `destroy ${name}`);
    }
    expect(await deploy(graphOf(2))).toEqual([]);
  });

  test('neither leads to nor destroys anything of a tier while not all is told of its new droplets', async () => {
    const events = await deploy(graphOf(2, {}, 'web-2'));
    expect(events).toContain('make web-1');
    expect(events.filter((event) => /^(change dns-(watched-web-2|web)|destroy web)/.test(event))).toEqual([]);
    const told = await deploy(graphOf(2));
    for (const name of ['web-1', 'web-2']) {
      expectOrder(told, 'make new-web-fit', `change dns-${name}`, 'make new-web-moved', `destroy ${name}`);
    }
    expect(await deploy(graphOf(2))).toEqual([]);
  });

  test.each(TIERS)('is finished by the next when it is killed at a gate of the %s tier', async (tier) => {
    for (const gate of ['fit', 'moved']) {
      const here = join(deployment.folder, gate);
      const waiting = `touch ${here} && exec sleep 300`;
      const events = await deploy(graphOf(2, { [`new-${tier}-${gate}`]: waiting }), here);
      const used = events.filter((event) => event.startsWith(`change dns-${tier}-`));
      expect(used.length).toBe(gate === 'fit' ? 0 : 2);
      expect(events.filter((event) => event.startsWith(`destroy ${tier}-`))).toEqual([]);
    }
    const events = await deploy(graphOf(2));
    for (const name of [`${tier}-1`, `${tier}-2`])
      expectOrder(events, `make new-${tier}-moved`, `destroy ${name}`);
    expect(events.filter((event) => event.startsWith(`make ${tier}-`))).toEqual([]);
    expect(await deploy(graphOf(2))).toEqual([]);
  });

  test('destroys no load balancer before its gate, also when a change that failed is taken back', async () => {
    const failed = await deploy(graphOf(2, { 'new-load-balancer-1-moved': 'false' }));
    expect(failed.filter((event) => /^(change dns-load-balancer-2|destroy load)/.test(event))).toEqual([]);
    const events = await deploy(graphOf(1));
    for (const tier of TIERS) expectReplaced(events, tier);
    for (const index of [1, 2]) {
      const gone = `destroy load-balancer-${index}`;
      const first = events.indexOf(gone);
      expect(first).toBeGreaterThan(events.indexOf(`make new-load-balancer-${index}-moved`));
    }
    expect(await deploy(graphOf(1))).toEqual([]);
  });
}
