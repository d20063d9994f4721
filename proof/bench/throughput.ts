import { beforeEnd } from '../../lab/common/end-with-npm';
import { Progress } from '../../lab/common/progress';
import { installNeeded } from '../../lab/common/requirements';
import { run } from '../../lab/common/run';
import { down } from '../../lab/instance/down';
import type { DropletStatus } from '../../lab/instance/lab';
import { up } from '../../lab/instance/up';
import { clientOf } from '../../lab/network/link-names';
import { inside } from '../../lab/network/namespace';
import { oursWithOneOfEach, oursWithoutTls, tutorialSingle } from '../stack/compared-stacks';
import { Site } from '../stack/running-stack';
import { GENERATORS, latencies, percentile, rate, type Target } from './generators';
import { circumstances, median, table, writeSection } from './results';

/** `npm run bench -- throughput`: what our load balancers and web servers let through, beside the tutorial's and the app alone. */

const ROUNDS = 5;
/** Seconds of each measurement. */
const DURATION = 2;
const STEADY = { perSecond: 500, seconds: 4 };
const GOALS = { static: 1, dynamic: 0.6 };

const LABS = { ours: oursWithoutTls, tls: oursWithOneOfEach, tutorial: tutorialSingle };
type LabName = keyof typeof LABS;
const labOf = (name: LabName) => `bench-${name}`;

/** The ways that a request can go, each with its column. */
const WAYS = {
  ours: 'our load balancer',
  tutorial: "the tutorial's",
  tls: 'ours, TLS',
  web: 'straight to web',
  app: 'straight to app',
};
type Way = keyof typeof WAYS;

/** 64 bytes of JSON from the app; no database. */
const DYNAMIC = '/healthz';
/** Files for the time of the measurement, of a kind that Nginx does not compress -> their bytes. */
const SMALL = '/static/small.bin';
const MEGABYTE = '/static/megabyte.bin';
const FILES = { [SMALL]: 300, [MEGABYTE]: 1_000_000 };
/** As browsers do. */
const GZIP = 'Accept-Encoding: gzip';

interface Case {
  readonly title: string;
  readonly path: string;
  readonly connections: number;
  readonly headers?: readonly string[];
}

const CASES = {
  static: { title: 'static file', path: SMALL, connections: 64 },
  unkept: {
    title: 'static file, with `Cache-Control: no-cache`',
    path: SMALL,
    connections: 64,
    headers: ['Cache-Control: no-cache'],
  },
  dynamic: { title: 'dynamic', path: DYNAMIC, connections: 64 },
  fresh: {
    title: 'static file, each by a fresh connection',
    path: SMALL,
    connections: 64,
    headers: ['Connection: close'],
  },
  one: { title: 'static file, 1 connection', path: SMALL, connections: 1 },
  dynamicOne: { title: 'dynamic, 1 connection', path: DYNAMIC, connections: 1 },
  megabyte: { title: 'file of 1 MB', path: MEGABYTE, connections: 64 },
} satisfies Record<string, Case>;
type CaseName = keyof typeof CASES;

/** Which proxy is before what: the difference of the two ways is its price. */
const HOPS: readonly { proxy: string; behind: Way; before: Way }[] = [
  { proxy: 'Nginx', behind: 'app', before: 'web' },
  { proxy: 'HAProxy, ours', behind: 'web', before: 'ours' },
  { proxy: 'HAProxy, ours, TLS', behind: 'web', before: 'tls' },
  { proxy: "HAProxy, the tutorial's (TCP)", behind: 'web', before: 'tutorial' },
];

type Origins = Record<Way, Pick<Target, 'from' | 'url'>>;

async function main(): Promise<void> {
  const { say } = new Progress();
  await installNeeded(say, GENERATORS);
  beforeEnd(end);
  try {
    const origins = await boot(say);
    const rates = await measureRates(origins, say);
    const delays = await measureDelays(origins, say);
    writeSection('Throughput', section(rates, delays, await versions()));
    console.log('Written to docs/results.md.');
  } finally {
    await end();
  }
}

async function end(): Promise<void> {
  for (const name of Object.keys(LABS) as LabName[]) await down(labOf(name));
}

const siteOf = (name: LabName) => new Site(labOf(name), LABS[name]);

/** Starts all labs, which are there at the same time; gives from where and how each way is asked. */
async function boot(say: (step: string) => void): Promise<Origins> {
  for (const name of Object.keys(LABS) as LabName[]) {
    say(`A lab boots: ${name}`);
    const quiet = new Progress(() => {});
    const { app, ready } = LABS[name];
    await up({ name: labOf(name), port: 0, apply: 'direct', flows: 'stay', progress: quiet, app, ready });
    for (const [file, bytes] of Object.entries(FILES)) {
      const write = `umask 022 && head -c ${bytes} /dev/urandom > /var/www/html${file}`;
      await siteOf(name).run('web-1', 'sh', '-c', write);
    }
  }
  const { droplets, reservedIps } = await siteOf('ours').status();
  const [holder] = Object.values(reservedIps);
  const named = (part: string) => droplets.filter(({ name }) => name.includes(part));
  const standby = networkOf(named('load-balancer').find(({ name }) => name !== holder));
  const privateIp = (part: string) => named(part)[0]?.privateIp;
  return {
    ours: { from: inside(clientOf(labOf('ours'))), url: `http://${await reservedIp('ours')}` },
    tutorial: { from: inside(clientOf(labOf('tutorial'))), url: `http://${await reservedIp('tutorial')}` },
    tls: { from: inside(clientOf(labOf('tls'))), url: `https://${await reservedIp('tls')}` },
    // Only a load balancer may ask these. The one that is idle is as far from them as a visitor from the other one.
    web: { from: standby, url: `http://${privateIp('web')}` },
    app: { from: standby, url: `http://${privateIp('app')}:8080` },
  };
}

/** The words that start a command of this machine in a droplet's network. */
function networkOf(droplet: DropletStatus | undefined): string[] {
  return ['nsenter', `--target=${droplet?.initPid}`, '--net', '--'];
}

async function reservedIp(name: LabName): Promise<string | undefined> {
  return Object.keys((await siteOf(name).status()).reservedIps)[0];
}

/** By case and way: requests a second, one for each round. */
type Rates = Record<CaseName, Partial<Record<Way, number[]>>>;

/** Round by round, within each case by case and way by way, so that a slow moment of the machine meets all. */
async function measureRates(origins: Origins, say: (step: string) => void): Promise<Rates> {
  const rates = Object.fromEntries(Object.keys(CASES).map((name) => [name, {}])) as Rates;
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [name, { path, connections, headers = [] }] of Object.entries<Case>(CASES)) {
      const of = rates[name as CaseName];
      for (const way of waysOf(path)) {
        const { from, url } = origins[way];
        const target = { from, url: `${url}${path}`, headers: [GZIP, ...headers] };
        of[way] = [...(of[way] ?? []), await rate(target, connections, DURATION)];
      }
    }
    say(
      `Throughput, round ${round} of ${ROUNDS}: static ${ratios(rates.static, 'ours', 'tutorial').at(-1)?.toFixed(2)} of the tutorial's, dynamic ${ratios(rates.dynamic, 'ours', 'app').at(-1)?.toFixed(2)} of the app alone`,
    );
  }
  return rates;
}

const waysOf = (path: string) =>
  (Object.keys(WAYS) as Way[]).filter((way) => way !== 'app' || path === DYNAMIC);

/** By way: p50 and p99 of each round, in milliseconds. */
type Delays = Record<Way, { p50: number; p99: number }[]>;

async function measureDelays(origins: Origins, say: (step: string) => void): Promise<Delays> {
  const ways = Object.keys(WAYS) as Way[];
  const delays = Object.fromEntries(ways.map((way) => [way, []])) as unknown as Delays;
  for (let round = 1; round <= ROUNDS; round++) {
    for (const way of ways) {
      const { from, url } = origins[way];
      const all = await latencies({ from, url: `${url}${DYNAMIC}` }, STEADY.perSecond, STEADY.seconds);
      delays[way].push({ p50: percentile(all, 50), p99: percentile(all, 99) });
    }
    say(`Price of each hop, round ${round} of ${ROUNDS}`);
  }
  return delays;
}

/** Of what was measured in the same round. */
function ratios(rates: Partial<Record<Way, number[]>>, a: Way, b: Way): number[] {
  return (rates[a] ?? []).map((value, round) => value / (rates[b]?.[round] ?? Number.NaN));
}

function ratio(rates: Partial<Record<Way, number[]>>, a: Way, b: Way): string {
  return rates[b] ? median(ratios(rates, a, b)).toFixed(2) : '';
}

async function versions(): Promise<string> {
  const of = async (name: LabName, droplet: string, command: string) =>
    /\d+(\.\d+)+/.exec(await siteOf(name).run(droplet, 'sh', '-c', `${command} 2>&1`))?.[0];
  const own = async (command: string) => /\d+(\.\d+)+/.exec(await run(['sh', '-c', command]))?.[0];
  return [
    `HAProxy ${await of('ours', 'load-balancer-1', 'haproxy -v')}`,
    `Nginx ${await of('ours', 'web-1', 'nginx -v')}`,
    `gunicorn ${await of('ours', 'app-1', 'gunicorn --version')}`,
    `wrk ${await own('wrk --version 2>&1 || true')}`,
    `h2load ${await own('h2load --version')}`,
  ].join(', ');
}

function section(rates: Rates, delays: Delays, programs: string): string {
  return [
    '`npm run bench -- throughput`',
    `${circumstances()}; ${programs}`,
    `Three labs at the same time, each with one web and one app droplet of one processor: our stack without TLS, our stack as it is by default, and the tutorial's load balancers (\`proof/tutorial-stack/\`: HAProxy passes TCP on) before the same web and app droplets. The ways are measured by turns, ${DURATION} s each, in ${ROUNDS} rounds; the figures are medians, the ratios medians of each round's. All droplets and the generator share the processors, so only the ratios say something. The load balancers are asked from the visitors' network; web and app servers from that of our idle load balancer, since nobody else may: it is the same way through the lab's network.`,
    verdicts(rates),
    `Requests a second, by \`wrk\`; 64 kept connections and small bodies (a file of ${FILES[SMALL]} bytes that Nginx does not compress; ${'`'}${DYNAMIC}${'`'} of the sample application, 64 bytes, without the database) where nothing else is said:`,
    rateTable(rates),
    'Our load balancers answer small files from memory for ten seconds; with `Cache-Control: no-cache` each one comes from the web server.',
    `Milliseconds at ${STEADY.perSecond} requests a second (${'`'}${DYNAMIC}${'`'}, by \`h2load\`, ${STEADY.seconds} s each):`,
    delayTable(delays),
    'What each proxy adds, in milliseconds (noise: not more in each round):',
    hopTable(delays),
  ].join('\n\n');
}

function verdicts({ static: files, dynamic }: Rates): string {
  const verdict = (what: string, value: number, goal: number) =>
    `- ${what}: **${value.toFixed(2)}** (goal: at least ${goal}; ${value >= goal ? 'met' : 'missed'})`;
  return [
    verdict(
      "Static files through our load balancer, of the tutorial's",
      median(ratios(files, 'ours', 'tutorial')),
      GOALS.static,
    ),
    verdict(
      'The dynamic path through our load balancer, of the app alone',
      median(ratios(dynamic, 'ours', 'app')),
      GOALS.dynamic,
    ),
  ].join('\n');
}

function rateTable(rates: Rates): string {
  const ways = Object.keys(WAYS) as Way[];
  const rows = Object.entries<Case>(CASES).map(([name, { title }]) => {
    const of = rates[name as CaseName];
    const cells = ways.map((way) => (of[way] ? median(of[way]).toFixed(0) : ''));
    return [title, ...cells, ratio(of, 'ours', 'tutorial'), ratio(of, 'ours', 'app')];
  });
  return table(['', ...Object.values(WAYS), "ours / tutorial's", 'ours / app'], rows);
}

function delayTable(delays: Delays): string {
  const rows = Object.entries(WAYS).map(([way, title]) => {
    const of = delays[way as Way];
    return [title, ...(['p50', 'p99'] as const).map((p) => median(of.map((d) => d[p])).toFixed(2))];
  });
  return table(['', 'p50', 'p99'], rows);
}

function hopTable(delays: Delays): string {
  const rows = HOPS.map(({ proxy, behind, before }) => {
    const added = (p: 'p50' | 'p99') => {
      const rounds = delays[before].map((d, round) => d[p] - (delays[behind][round]?.[p] ?? Number.NaN));
      return rounds.every((more) => more > 0) ? median(rounds).toFixed(2) : 'noise';
    };
    return [proxy, added('p50'), added('p99')];
  });
  return table(['', 'p50', 'p99'], rows);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
