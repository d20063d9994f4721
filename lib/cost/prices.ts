/** When these prices were read: DigitalOcean's list, in US dollars a month and without tax. */
export const AS_OF = 'November 2026';

/** What is sold by the piece. */
export const PRICES = {
  /** A GiB of a volume. */
  volume: 0.1,
  uptimeCheck: 1,
  /** All buckets of an account together, with 250 GiB and 1 TiB of traffic. */
  spaces: 5,
  /** A GiB of traffic to the internet beyond what the droplets bring. */
  traffic: 0.01,
} as const;

export interface Size {
  readonly slug: string;
  /** Sizes of one family differ in how large they are, and in nothing else. */
  readonly family: string;
  readonly monthly: number;
  /** TiB a month to the internet, shared by all droplets of the account. */
  readonly traffic: number;
  /** GiB */
  readonly disk: number;
}

/** Of shared processors: slug, dollars, TiB, GiB of disk. */
const BASIC: Readonly<Record<string, readonly (readonly [string, number, number, number])[]>> = {
  Basic: [
    ['s-1vcpu-512mb-10gb', 4, 0.5, 10],
    ['s-1vcpu-1gb', 6, 1, 25],
    ['s-1vcpu-2gb', 12, 2, 50],
    ['s-2vcpu-2gb', 18, 3, 60],
    ['s-2vcpu-4gb', 24, 4, 80],
    ['s-4vcpu-8gb', 48, 5, 160],
    ['s-8vcpu-16gb', 96, 6, 320],
  ],
  'Basic AMD': [
    ['s-1vcpu-1gb-amd', 7, 1, 25],
    ['s-1vcpu-2gb-amd', 14, 2, 50],
    ['s-2vcpu-2gb-amd', 21, 3, 60],
    ['s-2vcpu-4gb-amd', 28, 4, 80],
    ['s-2vcpu-8gb-amd', 42, 5, 100],
    ['s-4vcpu-8gb-amd', 56, 5, 160],
    ['s-4vcpu-16gb-amd', 84, 6, 200],
    ['s-8vcpu-16gb-amd', 112, 6, 320],
    ['s-8vcpu-32gb-amd', 168, 7, 400],
  ],
  'Basic Intel': [
    ['s-1vcpu-1gb-intel', 7, 1, 25],
    ['s-1vcpu-2gb-intel', 14, 2, 50],
    ['s-2vcpu-2gb-intel', 21, 3, 60],
    ['s-2vcpu-4gb-intel', 28, 4, 80],
    ['s-4vcpu-8gb-intel', 56, 5, 160],
    ['s-8vcpu-16gb-intel', 112, 6, 320],
  ],
  'Basic Intel, larger disk': [
    ['s-1vcpu-1gb-35gb-intel', 8, 1, 35],
    ['s-1vcpu-2gb-70gb-intel', 16, 2, 70],
    ['s-2vcpu-2gb-90gb-intel', 24, 3, 90],
    ['s-2vcpu-4gb-120gb-intel', 32, 4, 120],
    ['s-2vcpu-8gb-160gb-intel', 48, 5, 160],
    ['s-4vcpu-8gb-240gb-intel', 64, 6, 240],
    ['s-4vcpu-16gb-320gb-intel', 96, 6, 320],
    ['s-8vcpu-16gb-480gb-intel', 128, 7, 480],
    ['s-8vcpu-32gb-640gb-intel', 192, 8, 640],
  ],
};

/** Processors of one's own. Of each processor: dollars, GiB of memory and of disk. */
interface Dedicated {
  readonly family: string;
  readonly monthly: number;
  readonly memory: number;
  readonly disk: number;
  readonly vcpus: readonly number[];
}

const DEDICATED: readonly Dedicated[] = [
  { family: 'c', monthly: 21, memory: 2, disk: 12.5, vcpus: [2, 4, 8, 16, 32, 48] },
  { family: 'c2', monthly: 23.5, memory: 2, disk: 25, vcpus: [2, 4, 8, 16, 32, 48] },
  { family: 'g', monthly: 31.5, memory: 4, disk: 12.5, vcpus: [2, 4, 8, 16, 32, 40] },
  { family: 'gd', monthly: 34, memory: 4, disk: 25, vcpus: [2, 4, 8, 16, 32, 40] },
  { family: 'm', monthly: 42, memory: 8, disk: 25, vcpus: [2, 4, 8, 16, 24, 32] },
  { family: 'm3', monthly: 52, memory: 8, disk: 75, vcpus: [2, 4, 8, 16, 24, 32] },
  { family: 'm6', monthly: 65.5, memory: 8, disk: 150, vcpus: [2, 4, 8, 16, 24, 32] },
  { family: 'so', monthly: 65.5, memory: 8, disk: 150, vcpus: [2, 4, 8, 16, 24, 32] },
];

/** TiB by processors. */
const DEDICATED_TRAFFIC: Readonly<Record<number, number>> = {
  ...{ 2: 4, 4: 5, 8: 6, 16: 7, 24: 8, 32: 9, 40: 9, 48: 11 },
};

const dedicated = ({ family, monthly, memory, disk, vcpus }: Dedicated): Size[] =>
  vcpus.map((count) => ({
    // Only this family leaves the memory out of its slugs.
    slug: family === 'c' ? `c-${count}` : `${family}-${count}vcpu-${count * memory}gb`,
    family,
    monthly: count * monthly,
    traffic: DEDICATED_TRAFFIC[count] ?? 0,
    disk: count * disk,
  }));

/** The sizes that have a price, each family from the cheapest on. */
export const SIZES: readonly Size[] = [
  ...Object.entries(BASIC).flatMap(([family, sizes]) =>
    sizes.map(([slug, monthly, traffic, disk]) => ({ slug, family, monthly, traffic, disk })),
  ),
  ...DEDICATED.flatMap(dedicated),
];
