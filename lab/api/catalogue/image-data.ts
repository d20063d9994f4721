/** What DigitalOcean offered at the time of writing: distributions, and applications that are ready to be used. */
interface ImageRow {
  readonly id: number;
  readonly slug: string;
  readonly distribution: string;
  readonly name: string;
  /** GiB */
  readonly size: number;
  /** With a program on it, ready to be used. */
  readonly isApplication?: boolean;
}

const image = (id: number, slug: string, distribution: string, name: string, size: number): ImageRow => ({
  id,
  slug,
  distribution,
  name,
  size,
});

const application = (id: number, slug: string): ImageRow => ({
  ...image(id, slug, 'Ubuntu', slug.replace(/-\d.*$/, ''), 3.5),
  isApplication: true,
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
  image(130000014, 'rockylinux-8-x64', 'Rocky Linux', '8 x64', 1.96),
  image(130000015, 'rockylinux-10-x64', 'Rocky Linux', '10 x64', 1.94),
  image(130000016, 'almalinux-8-x64', 'AlmaLinux', '8 x64', 1.97),
  image(130000017, 'almalinux-9-x64', 'AlmaLinux', '9 x64', 1.95),
  image(130000018, 'almalinux-10-x64', 'AlmaLinux', '10 x64', 1.95),
  image(130000019, 'fedora-43-x64', 'Fedora', '43 x64', 1.78),
  image(130000020, 'centos-stream-10-x64', 'CentOS', '10 Stream x64', 2.2),
  image(130000021, 'ubuntu-16-04-x64', 'Ubuntu', '16.04 (LTS) x64', 2.36),
  ...[
    ...['docker-20-04', 'wordpress-18-04', 'wordpress-20-04', 'lamp-20-04', 'lemp-20-04', 'mysql-20-04'],
    ...['nodejs-20-04', 'mongodb-20-04', 'django-20-04', 'gitlab-20-04', 'rabbitmq-20-04', 'jenkins-20-04'],
    ...['openlitespeed-20-04', 'ghost-20-04', 'discourse-20-04', 'grafana-20-04', 'dokku-20-04'],
    ...['gpu-h100x1-base', 'gpu-h100x8-base', 'gpu-amd-base'],
  ].map((slug, index) => application(130000100 + index, slug)),
];
