/** What DigitalOcean sold at the time of writing, as far as it matters here. Prices are US dollars. */
export const REGIONS: Readonly<Record<string, string>> = {
  nyc1: 'New York 1',
  nyc2: 'New York 2',
  nyc3: 'New York 3',
  ams3: 'Amsterdam 3',
  sfo2: 'San Francisco 2',
  sfo3: 'San Francisco 3',
  sgp1: 'Singapore 1',
  lon1: 'London 1',
  fra1: 'Frankfurt 1',
  tor1: 'Toronto 1',
  blr1: 'Bangalore 1',
  syd1: 'Sydney 1',
  atl1: 'Atlanta 1',
};

export const REGION_FEATURES = ['backups', 'ipv6', 'metadata', 'install_agent', 'storage', 'image_transfer'];

interface SizeRow {
  readonly slug: string;
  readonly vcpus: number;
  /** MiB */
  readonly memory: number;
  /** GiB */
  readonly disk: number;
  /** TiB a month */
  readonly transfer: number;
  readonly monthly: number;
  readonly hourly: number;
  readonly description: string;
}

const row = (
  slug: string,
  vcpus: number,
  memory: number,
  disk: number,
  transfer: number,
  monthly: number,
  hourly: number,
  description = 'Basic',
): SizeRow => ({ slug, vcpus, memory, disk, transfer, monthly, hourly, description });

/** Sizes of one kind, which grow by the virtual CPU. */
interface Family {
  readonly name: string;
  readonly description: string;
  readonly vcpus: readonly number[];
  /** Per virtual CPU: memory and disk in GiB, US dollars a month. */
  readonly memory: number;
  readonly disk: number;
  readonly monthly: number;
  /** Also sold with this at the end of the slug. */
  readonly variant?: string;
}

const FAMILIES: readonly Family[] = [
  {
    ...{ name: 'c', description: 'CPU-Optimized', vcpus: [2, 4, 8, 16, 32, 48, 60], variant: 'intel' },
    ...{ memory: 2, disk: 12.5, monthly: 21 },
  },
  {
    ...{ name: 'c2', description: 'CPU-Optimized 2x SSD', vcpus: [2, 4, 8, 16, 32, 48, 60] },
    ...{ memory: 2, disk: 25, monthly: 23.5 },
  },
  {
    ...{ name: 'g', description: 'General Purpose', vcpus: [2, 4, 8, 16, 32, 40, 48, 60], variant: 'intel' },
    ...{ memory: 4, disk: 12.5, monthly: 31.5 },
  },
  {
    ...{ name: 'gd', description: 'General Purpose 2x SSD', vcpus: [2, 4, 8, 16, 32, 40, 48, 60] },
    ...{ memory: 4, disk: 25, monthly: 34 },
  },
  {
    ...{ name: 'm', description: 'Memory-Optimized', vcpus: [2, 4, 8, 16, 24, 32, 48], variant: 'intel' },
    ...{ memory: 8, disk: 25, monthly: 42 },
  },
  {
    ...{ name: 'm3', description: 'Memory-Optimized 3x SSD', vcpus: [2, 4, 8, 16, 24, 32, 48] },
    ...{ memory: 8, disk: 75, monthly: 52 },
  },
  {
    ...{ name: 'm6', description: 'Memory-Optimized 6x SSD', vcpus: [2, 4, 8, 16, 24, 32] },
    ...{ memory: 8, disk: 150, monthly: 62.5 },
  },
  {
    ...{ name: 'so', description: 'Storage-Optimized', vcpus: [2, 4, 8, 16, 24, 32] },
    ...{ memory: 8, disk: 150, monthly: 65.5 },
  },
  {
    ...{ name: 'so1_5', description: 'Storage-Optimized 1.5x SSD', vcpus: [2, 4, 8, 16, 24, 32] },
    ...{ memory: 8, disk: 225, monthly: 81.5 },
  },
];

function familySizes({ name, variant, ...each }: Family): SizeRow[] {
  const one = (vcpus: number, ending: string) => {
    // Only this family leaves the memory out of its slugs.
    const slug = name === 'c' ? `c-${vcpus}` : `${name}-${vcpus}vcpu-${vcpus * each.memory}gb`;
    const monthly = vcpus * each.monthly;
    return row(
      ...([`${slug}${ending}`, vcpus, vcpus * each.memory * 1024, vcpus * each.disk] as const),
      ...([Math.min(11, Math.round(3 + vcpus / 2)), monthly, Number((monthly / 672).toFixed(5))] as const),
      each.description,
    );
  };
  const endings = ['', ...(variant ? [`-${variant}`] : [])];
  return each.vcpus.flatMap((vcpus) => endings.map((ending) => one(vcpus, ending)));
}

export const SIZES: readonly SizeRow[] = [
  row('s-1vcpu-512mb-10gb', 1, 512, 10, 0.5, 4, 0.00595),
  row('s-1vcpu-1gb', 1, 1024, 25, 1, 6, 0.00893),
  row('s-1vcpu-1gb-amd', 1, 1024, 25, 1, 7, 0.01042, 'Basic AMD'),
  row('s-1vcpu-1gb-intel', 1, 1024, 25, 1, 7, 0.01042, 'Basic Intel'),
  row('s-1vcpu-2gb', 1, 2048, 50, 2, 12, 0.01786),
  row('s-1vcpu-2gb-amd', 1, 2048, 50, 2, 14, 0.02083, 'Basic AMD'),
  row('s-1vcpu-2gb-intel', 1, 2048, 50, 2, 14, 0.02083, 'Basic Intel'),
  row('s-2vcpu-2gb', 2, 2048, 60, 3, 18, 0.02679),
  row('s-2vcpu-2gb-amd', 2, 2048, 60, 3, 21, 0.03125, 'Basic AMD'),
  row('s-2vcpu-2gb-intel', 2, 2048, 60, 3, 21, 0.03125, 'Basic Intel'),
  row('s-2vcpu-4gb', 2, 4096, 80, 4, 24, 0.03571),
  row('s-2vcpu-4gb-amd', 2, 4096, 80, 4, 28, 0.04167, 'Basic AMD'),
  row('s-2vcpu-4gb-intel', 2, 4096, 80, 4, 28, 0.04167, 'Basic Intel'),
  row('s-4vcpu-8gb', 4, 8192, 160, 5, 48, 0.07143),
  row('s-4vcpu-8gb-amd', 4, 8192, 160, 5, 56, 0.08333, 'Basic AMD'),
  row('s-4vcpu-8gb-intel', 4, 8192, 160, 5, 56, 0.08333, 'Basic Intel'),
  row('s-8vcpu-16gb', 8, 16384, 320, 6, 96, 0.14286),
  row('s-8vcpu-16gb-amd', 8, 16384, 320, 6, 112, 0.16667, 'Basic AMD'),
  row('s-8vcpu-16gb-intel', 8, 16384, 320, 6, 112, 0.16667, 'Basic Intel'),
  // Basic
  row('s-1vcpu-1gb-35gb-intel', 1, 1024, 35, 1, 8, 0.0119, 'Basic Premium Intel'),
  row('s-1vcpu-2gb-70gb-intel', 1, 2048, 70, 2, 16, 0.02381, 'Basic Premium Intel'),
  row('s-2vcpu-2gb-90gb-intel', 2, 2048, 90, 3, 24, 0.03571, 'Basic Premium Intel'),
  row('s-2vcpu-4gb-120gb-intel', 2, 4096, 120, 4, 32, 0.04762, 'Basic Premium Intel'),
  row('s-2vcpu-8gb-amd', 2, 8192, 100, 5, 42, 0.0625, 'Basic AMD'),
  row('s-2vcpu-8gb-160gb-intel', 2, 8192, 160, 5, 48, 0.07143, 'Basic Premium Intel'),
  row('s-4vcpu-8gb-240gb-intel', 4, 8192, 240, 6, 64, 0.09524, 'Basic Premium Intel'),
  row('s-4vcpu-16gb-amd', 4, 16384, 200, 8, 84, 0.125, 'Basic AMD'),
  row('s-4vcpu-16gb-320gb-intel', 4, 16384, 320, 8, 96, 0.14286, 'Basic Premium Intel'),
  row('s-8vcpu-16gb-480gb-intel', 8, 16384, 480, 9, 128, 0.19048, 'Basic Premium Intel'),
  row('s-8vcpu-32gb-amd', 8, 32768, 400, 10, 168, 0.25, 'Basic AMD'),
  row('s-8vcpu-32gb-640gb-intel', 8, 32768, 640, 10, 192, 0.28571, 'Basic Premium Intel'),
  ...FAMILIES.flatMap(familySizes),
];

interface ImageRow {
  readonly id: number;
  readonly slug: string;
  readonly distribution: string;
  readonly name: string;
  /** GiB */
  readonly size: number;
}

const image = (id: number, slug: string, distribution: string, name: string, size: number): ImageRow => ({
  id,
  slug,
  distribution,
  name,
  size,
});

export const IMAGES: readonly ImageRow[] = [
  image(130000010, 'ubuntu-18-04-x64', 'Ubuntu', '18.04 (LTS) x64', 2.36),
  image(130000011, 'ubuntu-20-04-x64', 'Ubuntu', '20.04 (LTS) x64', 2.36),
  image(130000001, 'ubuntu-22-04-x64', 'Ubuntu', '22.04 (LTS) x64', 2.51),
  image(130000002, 'ubuntu-24-04-x64', 'Ubuntu', '24.04 (LTS) x64', 2.67),
  image(130000003, 'ubuntu-25-10-x64', 'Ubuntu', '25.10 x64', 2.73),
  image(130000012, 'ubuntu-25-04-x64', 'Ubuntu', '25.04 x64', 2.71),
  image(130000013, 'ubuntu-26-04-x64', 'Ubuntu', '26.04 (LTS) x64', 2.8),
  image(130000004, 'debian-11-x64', 'Debian', '11 x64', 1.53),
  image(130000005, 'debian-12-x64', 'Debian', '12 x64', 1.61),
  image(130000006, 'debian-13-x64', 'Debian', '13 x64', 1.68),
  image(130000007, 'fedora-42-x64', 'Fedora', '42 x64', 1.74),
  image(130000008, 'centos-stream-9-x64', 'CentOS', '9 Stream x64', 2.26),
  image(130000009, 'rockylinux-9-x64', 'Rocky Linux', '9 x64', 1.92),
];
