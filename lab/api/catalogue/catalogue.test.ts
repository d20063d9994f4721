import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { droplet, type Lab, start } from '../testing/client';
import { sellFile } from './catalogue-file';

let lab: Lab;
let folder: string;
beforeAll(async () => {
  lab = await start();
  folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
});
afterAll(async () => {
  await lab.close();
  rmSync(folder, { recursive: true });
});

const create = async (more: object) => (await lab.call('POST', '/v2/droplets', droplet(more))).status;
const list = async (path: string, key: string) =>
  (await lab.call('GET', `${path}${path.includes('?') ? '&' : '?'}per_page=200`)).body[key].map(
    ({ slug }: { slug: string }) => slug,
  );

test.each([
  { region: 'atl1' },
  { size: 'gd-4vcpu-16gb' },
  { size: 'm-16vcpu-128gb' },
  { size: 'gpu-h100x1-80gb', image: 'gpu-h100x1-base' },
  { size: 's-6vcpu-16gb' },
  { image: 'docker-20-04' },
  { image: 'almalinux-9-x64' },
])('a droplet with %j can be made', async (more) => {
  expect(await create(more)).toBe(202);
});

test.each([{ region: 'constructor' }, { region: '__proto__' }, { size: 'toString' }, { image: 'valueOf' }])(
  'a droplet with %j is refused',
  async (more) => {
    expect(await create(more)).toBe(422);
  },
);

test('applications are listed apart from distributions', async () => {
  const [all, applications, distributions] = await Promise.all([
    list('/v2/images', 'images'),
    list('/v2/images?type=application', 'images'),
    list('/v2/images?type=distribution', 'images'),
  ]);
  expect(applications).toContain('docker-20-04');
  expect(distributions).toContain('debian-13-x64');
  expect([...distributions, ...applications]).toEqual(all);
});

test('a size says which graphics processors it has', async () => {
  const { sizes } = (await lab.call('GET', '/v2/sizes?per_page=200')).body;
  expect(sizes.find(({ slug }: { slug: string }) => slug === 'gpu-h100x8-640gb')).toMatchObject({
    vcpus: 160,
    gpu_info: { count: 8, model: 'nvidia_h100', vram: { amount: 640, unit: 'gib' } },
  });
});

const write = (text: string) => {
  const file = join(folder, 'catalogue.json');
  writeFileSync(file, text);
  return file;
};

test('a file says what else is sold, in the form in which DigitalOcean lists it', async () => {
  const size = { slug: 's-64vcpu-1tb', vcpus: 64, memory: 1_048_576, disk: 100, regions: ['nyc3'] };
  const image = { id: 7, slug: 'plan9-4-x64', distribution: 'Plan 9', name: '4 x64' };
  const regions = [{ slug: 'osl1', name: 'Oslo 1', features: [] }];
  const more = { region: 'osl1', size: size.slug, image: image.slug };
  expect(await create(more)).toBe(422);
  sellFile(write(JSON.stringify({ regions, sizes: [size], images: [image] })));
  expect(await create(more)).toBe(202);
  expect(await list('/v2/regions', 'regions')).toContain('osl1');
  expect(await list('/v2/sizes', 'sizes')).toContain(size.slug);
  expect((await lab.call('GET', '/v2/images/plan9-4-x64')).body.image.distribution).toBe('Plan 9');
});

test.each([
  ['{"sizes": [{"slug": "s-1"}]}', /catalogue\.json: sizes\.0\.vcpus: /],
  ['{"images": [{"slug": "A B", "name": "", "distribution": ""}]}', /images\.0\.slug: must be a slug/],
  ['{', /catalogue\.json can't be read: /],
])('of a file with %s one sentence says what is wrong', (text, message) => {
  expect(() => sellFile(write(text))).toThrow(message);
});
