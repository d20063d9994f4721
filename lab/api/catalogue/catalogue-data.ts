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
  readonly gpu?: { readonly count: number; readonly model: string; readonly vram: number };
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

/** Sizes with one graphics processor or eight of them. */
interface GpuFamily {
  readonly name: string;
  readonly model: string;
  readonly counts: readonly number[];
  /** Per processor: GiB of its own, virtual CPUs, GiB of memory, US dollars an hour. */
  readonly vram: number;
  readonly vcpus: number;
  readonly memory: number;
  readonly hourly: number;
}

const GPUS: readonly GpuFamily[] = [
  {
    ...{ name: 'gpu-h100', model: 'nvidia_h100', counts: [1, 8] },
    ...{ vram: 80, vcpus: 20, memory: 240, hourly: 3.39 },
  },
  {
    ...{ name: 'gpu-h200', model: 'nvidia_h200', counts: [1, 8] },
    ...{ vram: 141, vcpus: 24, memory: 240, hourly: 3.44 },
  },
  {
    ...{ name: 'gpu-mi300', model: 'amd_mi300x', counts: [1, 8] },
    ...{ vram: 192, vcpus: 20, memory: 240, hourly: 1.99 },
  },
  {
    ...{ name: 'gpu-4000ada', model: 'nvidia_rtx_4000_ada', counts: [1] },
    ...{ vram: 20, vcpus: 8, memory: 32, hourly: 0.76 },
  },
  {
    ...{ name: 'gpu-6000ada', model: 'nvidia_rtx_6000_ada', counts: [1] },
    ...{ vram: 48, vcpus: 8, memory: 64, hourly: 1.57 },
  },
  {
    ...{ name: 'gpu-l40s', model: 'nvidia_l40s', counts: [1] },
    ...{ vram: 48, vcpus: 8, memory: 64, hourly: 1.57 },
  },
];

const gpuSizes = ({ name, model, counts, vram, vcpus, memory, hourly }: GpuFamily): SizeRow[] =>
  counts.map((count) => ({
    ...row(
      `${name}x${count}-${vram * count}gb`,
      vcpus * count,
      memory * count * 1024,
      720,
      15,
      0,
      hourly * count,
    ),
    monthly: Math.round(hourly * count * 744),
    description: `GPU ${model}`,
    gpu: { count, model, vram: vram * count },
  }));

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
  // Of earlier years, as the document's examples still name them
  row('s-1vcpu-3gb', 1, 3072, 60, 3, 15, 0.02232),
  row('s-3vcpu-1gb', 3, 1024, 60, 3, 15, 0.02232),
  row('s-6vcpu-16gb', 6, 16_384, 320, 6, 80, 0.11905),
  row('s-8vcpu-32gb', 8, 32_768, 640, 7, 160, 0.2381),
  row('s-12vcpu-48gb', 12, 49_152, 960, 8, 240, 0.35714),
  row('s-16vcpu-64gb', 16, 65_536, 1280, 9, 320, 0.47619),
  row('s-20vcpu-96gb', 20, 98_304, 1920, 10, 480, 0.71429),
  row('s-24vcpu-128gb', 24, 131_072, 2560, 11, 640, 0.95238),
  row('s-32vcpu-192gb', 32, 196_608, 3840, 12, 960, 1.42857),
  row('m-1vcpu-8gb', 1, 8192, 40, 5, 40, 0.05952, 'Memory-Optimized'),
  row('c-1vcpu-2gb', 1, 2048, 25, 3, 20, 0.02976, 'CPU-Optimized'),
  ...FAMILIES.flatMap(familySizes),
  ...GPUS.flatMap(gpuSizes),
];
