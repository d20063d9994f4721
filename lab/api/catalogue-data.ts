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
  row('c-2', 2, 4096, 25, 4, 42, 0.0625, 'CPU-Optimized'),
  row('s-4vcpu-8gb', 4, 8192, 160, 5, 48, 0.07143),
  row('s-4vcpu-8gb-amd', 4, 8192, 160, 5, 56, 0.08333, 'Basic AMD'),
  row('s-4vcpu-8gb-intel', 4, 8192, 160, 5, 56, 0.08333, 'Basic Intel'),
  row('g-2vcpu-8gb', 2, 8192, 25, 4, 63, 0.09375, 'General Purpose'),
  row('c-4', 4, 8192, 50, 5, 84, 0.125, 'CPU-Optimized'),
  row('m-2vcpu-16gb', 2, 16384, 50, 4, 84, 0.125, 'Memory-Optimized'),
  row('s-8vcpu-16gb', 8, 16384, 320, 6, 96, 0.14286),
  row('s-8vcpu-16gb-amd', 8, 16384, 320, 6, 112, 0.16667, 'Basic AMD'),
  row('s-8vcpu-16gb-intel', 8, 16384, 320, 6, 112, 0.16667, 'Basic Intel'),
  row('g-4vcpu-16gb', 4, 16384, 50, 5, 126, 0.1875, 'General Purpose'),
  row('c-8', 8, 16384, 100, 6, 168, 0.25, 'CPU-Optimized'),
  row('m-4vcpu-32gb', 4, 32768, 100, 6, 168, 0.25, 'Memory-Optimized'),
  row('g-8vcpu-32gb', 8, 32768, 100, 6, 252, 0.375, 'General Purpose'),
  row('c-16', 16, 32768, 200, 7, 336, 0.5, 'CPU-Optimized'),
  row('s-2vcpu-8gb-amd', 2, 8192, 100, 5, 42, 0.0625, 'Basic AMD'),
  row('c2-2vcpu-4gb', 2, 4096, 50, 4, 47, 0.06994, 'CPU-Optimized 2x SSD'),
  row('gd-2vcpu-8gb', 2, 8192, 50, 4, 68, 0.10119, 'General Purpose 2x SSD'),
  row('s-4vcpu-16gb-amd', 4, 16384, 200, 8, 84, 0.125, 'Basic AMD'),
  row('m3-2vcpu-16gb', 2, 16384, 150, 4, 104, 0.15476, 'Memory-Optimized 3x SSD'),
  row('so-2vcpu-16gb', 2, 16384, 300, 4, 131, 0.19494, 'Storage-Optimized'),
  row('s-8vcpu-32gb-amd', 8, 32768, 400, 10, 168, 0.25, 'Basic AMD'),
  row('m-8vcpu-64gb', 8, 65536, 200, 7, 336, 0.5, 'Memory-Optimized'),
  row('g-16vcpu-64gb', 16, 65536, 200, 7, 504, 0.75, 'General Purpose'),
  row('c-32', 32, 65536, 400, 9, 672, 1, 'CPU-Optimized'),
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
  image(130000004, 'debian-11-x64', 'Debian', '11 x64', 1.53),
  image(130000005, 'debian-12-x64', 'Debian', '12 x64', 1.61),
  image(130000006, 'debian-13-x64', 'Debian', '13 x64', 1.68),
  image(130000007, 'fedora-42-x64', 'Fedora', '42 x64', 1.74),
  image(130000008, 'centos-stream-9-x64', 'CentOS', '9 Stream x64', 2.26),
  image(130000009, 'rockylinux-9-x64', 'Rocky Linux', '9 x64', 1.92),
];
