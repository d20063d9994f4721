/** What a stack may need to notice a fault, and then to ask the API. Seconds. */
export interface Budget {
  readonly detection: number;
  readonly call: number;
}

/** A stack that drills can be run on. */
export interface Stack {
  readonly name: string;
  /** The command that synthesizes it. */
  readonly app: string;
  /** Values of its Terraform variables, by name. @default - it needs none */
  readonly variables?: Readonly<Record<string, string>>;
  /** A path of the site that answers 200 once nothing is missing. */
  readonly ready: string;
  /** Shell command for a load balancer: ends with 0 when nothing is missing, else says what is. */
  readonly check: string;
  /** Shell command for a load balancer: it forgets earlier moves of the Reserved IP, so that runs don't depend on each other. */
  readonly reset: string;
  /** Who notices that the active load balancer is gone, and the line that says so in its journal: perhaps so many ms later. */
  readonly detection: { readonly unit: string; readonly line: RegExp };
  /** How long it may need to notice a fault, and then to ask the API: what its settings amount to, in seconds. */
  readonly budget: Budget;
  /** Of an application whose releases are deployed. @default - undefined: it has none */
  readonly releases?: {
    /** Whether each is good, by tag; the first one is deployed at first. */
    readonly good: Readonly<Record<string, boolean>>;
    /** The command that synthesizes the stack with one of them. */
    readonly app: (tag: string) => string;
    /** Of their images, without a tag. */
    readonly place: string;
  };
}

const program = (file: string) => `node --require ts-node/register proof/${file}`;

const ourStack = (app: object = {}, count = 2, more: object = {}) =>
  `${program('stack/our-stack.ts')} '${JSON.stringify({ web: { count }, app: { count, ...app }, ...more })}'`;

export const ours: Stack = {
  name: 'ours',
  app: ourStack(),
  ready: '/-/redundancy',
  check: [
    '. /run/scale-up/addresses.env',
    'curl --silent --show-error --fail-with-body --max-time 3 "http://$PRIVATE_IP:8404/-/redundancy"',
    'scale-up status | grep -Eqx "(holder|reserved_ip_seen): true" || { echo "Reserved IP not seen"; exit 1; }',
  ].join(' && '),
  // Its cool-off grows with each move.
  reset: 'systemctl restart scale-up-reserved-ip',
  detection: {
    unit: 'scale-up-reserved-ip',
    line: /bad \d+ times running$|Reserved IP moved .* in (\d+) ms/,
  },
  // Three rounds of probes a quarter of a second apart, each half a second at most; then one look who holds the IP.
  budget: { detection: 0.25 + 2 * 0.25 + 0.5, call: 0.1 },
};

/** Ours with one web and one app server. */
export const oursWithOneOfEach: Stack = { ...ours, app: ourStack({}, 1) };

/** The same without TLS. */
export const oursWithoutTls: Stack = { ...ours, app: ourStack({}, 1, { tls: false }) };

/** Ours with copies of the database in a bucket. */
export const oursWithBackups: Stack = {
  ...ours,
  app: ourStack({}, 2, { database: { backups: { bucket: 'foobar-backups' } } }),
  variables: { backup_recovery_password: 'of no worth outside of this lab' },
};

/** The same with room for gigabytes. */
export const oursWithLargeData: Stack = {
  ...oursWithBackups,
  app: ourStack({}, 2, { database: { backups: { bucket: 'foobar-backups', workVolumeSize: 50 } } }),
};

const NOTES = 'registry.example.com/notes';
const withRelease = (tag: string) => ourStack({ image: `${NOTES}:${tag}` });

/** Ours with the sample application in a container. */
export const oursWithReleases: Stack = {
  ...ours,
  app: withRelease('1.0'),
  releases: { good: { '1.0': true, '2.0': true, '3.0': false }, app: withRelease, place: NOTES },
};

/** The same droplets with containers that somebody deploys by hand: nothing of ours looks after these, or misses anything. */
export const byHand: Stack = {
  ...oursWithReleases,
  name: 'by-hand',
  check:
    '. /run/scale-up/addresses.env && curl --silent --fail --max-time 3 "http://$PRIVATE_IP:8404/-/ready"',
};

/** Whether its promises are ours. */
export const isOurs = ({ name }: Stack): boolean => name === ours.name;

const tutorialStack = (name: string, argument: string): Stack => ({
  name,
  app: `${program('tutorial-stack/main.ts')} ${argument}`,
  ready: '/',
  check: [
    'systemctl is-active --quiet haproxy || { echo "HAProxy does not run"; exit 1; }',
    'systemctl is-active --quiet keepalived || { echo "keepalived does not run"; exit 1; }',
    'case $(hostname) in *-1) wanted=true;; *) wanted=false;; esac',
    'held=$(curl --silent http://169.254.169.254/metadata/v1/reserved_ip/ipv4/active)',
    '[ "$held" = "$wanted" ] || { echo "the Reserved IP is at the wrong one"; exit 1; }',
  ].join('\n'),
  // By hand, since keepalived asks for it only when it turns master.
  reset: 'case $(hostname) in *-1) /etc/keepalived/master.sh;; esac',
  detection: { unit: 'keepalived', line: /Entering MASTER STATE/ },
  // Three adverts a second apart, and the skew of the lower priority.
  budget: { detection: 3 + (256 - 100) / 256, call: 0.5 },
});

export const tutorial = tutorialStack('tutorial', '');
export const tutorialSingle = tutorialStack('tutorial-single', 'single');
export const tutorialFirewalled = tutorialStack('tutorial-firewalled', 'firewalled');
