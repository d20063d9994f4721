import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { ROLES } from '../lib/role';
import { dropletFiles, escapeTemplate, folderCloudConfig } from '../lib/user-data';
import { type Json, synth, userData, writtenFiles } from './synth';
import { evaluate, hasTerraform } from './terraform';

/** The app tier is the sample application or the user's container. */
const APP = { sample: 'sample-app', container: 'container-app' };
const FOLDERS = ['every-droplet', ...ROLES.filter((role) => role !== 'app'), ...Object.values(APP)];
const CLOUD_INIT = join(__dirname, '..', 'cloud-init');

describe('cloud-init/', () => {
  test('has one folder for every droplet, one per role, two for the two kinds of app, and nothing else', () => {
    expect(readdirSync(CLOUD_INIT).sort()).toEqual([...FOLDERS].sort());
  });

  test.each(FOLDERS)(
    '%s holds complete files: ASCII, with a final line end and no carriage return',
    (folder) => {
      for (const { path, content } of dropletFiles(folder)) {
        expect([path, content]).toEqual([path, expect.stringMatching(/^[\n\t -~]*\n$/)]);
      }
    },
  );
});

/** Every file of a role's droplet, as one text. */
function listing(json: Json, role: string): string {
  const files = [...writtenFiles(json, `${role}-1`).values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return `\n${files.map(({ path, permissions, content }) => `=== ${permissions} ${path}\n${content}`).join('\n')}`;
}

describe('user_data', () => {
  const json = synth();
  const withContainer = synth({ app: { image: 'registry.example.com/shop:1.4' } });

  test.each(ROLES)(
    'of a %s droplet is what every droplet gets, what its role gets and what the deployment says',
    (role) => {
      const parts = userData(json, `${role}-1`);
      const folder = role === 'app' ? APP.sample : role;
      expect(Object.keys(parts)).toEqual(['every-droplet', folder, 'deployment']);
      expect(parts['every-droplet']).toBe(folderCloudConfig('every-droplet'));
      expect(parts[folder]).toBe(folderCloudConfig(folder));
    },
  );

  test('of an app droplet with a container has nothing of the sample application, nor the other way round', () => {
    const parts = userData(withContainer, 'app-1');
    expect(Object.keys(parts)).toEqual(['every-droplet', APP.container, 'deployment']);
    expect(parts[APP.container]).toBe(folderCloudConfig(APP.container));
    expect(Object.keys(withContainer.locals)).not.toContain(`cloud-init-${APP.sample}`);
    expect(Object.keys(json.locals)).not.toContain(`cloud-init-${APP.container}`);
  });

  test.each(ROLES)('of a %s droplet appends the lists of its parts, and is plain text', (role) => {
    for (const part of Object.values(userData(json, `${role}-1`))) {
      expect(part).toMatch(/^#cloud-config\n/);
      expect(parse(part).merge_type).toBe('list(append)+dict(no_replace,recurse_list)+str()');
    }
    expect(json.data.cloudinit_config[`${role}-1-user-data`]).toMatchObject({
      gzip: false,
      base64_encode: false,
    });
  });

  test.each(ROLES)('of a %s droplet leaves room below the 64 KiB that DigitalOcean takes', (role) => {
    const bytes = Object.values(userData(json, `${role}-1`)).reduce(
      (sum, part) => sum + Buffer.byteLength(part),
      0,
    );
    expect(bytes).toBeLessThan(63 * 1024);
  });

  test.each(ROLES)(
    "writes every file of a %s droplet once, root's secrets for root alone, the rest as in the repository",
    (role) => {
      const paths = Object.values(userData(json, `${role}-1`)).flatMap((part) =>
        (parse(part).write_files ?? []).map((file: { path: string }) => file.path),
      );
      expect(new Set(paths).size).toBe(paths.length);
      for (const [path, file] of writtenFiles(json, `${role}-1`)) {
        expect([path, file.permissions]).toEqual([
          path,
          path.includes('/secrets/') ? '0600' : expect.stringMatching(/^0(644|755)$/),
        ]);
      }
    },
  );

  test('waits with a file in a folder that a package owns until the package is installed', () => {
    expect(writtenFiles(json, 'load-balancer-1').get('/etc/haproxy/haproxy.cfg')?.defer).toBe(true);
    expect(writtenFiles(json, 'load-balancer-1').get('/usr/local/sbin/scale-up')?.defer).toBeUndefined();
  });

  test.each(ROLES)('puts the files of the snapshot on a %s droplet', (role) => {
    expect(listing(json, role)).toMatchSnapshot();
  });

  test('puts the files of the snapshot on an app droplet with a container', () => {
    expect(listing(withContainer, 'app')).toMatchSnapshot();
  });
});

(hasTerraform ? describe : describe.skip)(
  'through Terraform itself (not run where terraform is missing)',
  () => {
    test('every file arrives on disk byte for byte, with its run bit', () => {
      const rendered = evaluate({ ...synth().locals, ...synth({ app: { image: 'shop:1' } }).locals });
      for (const folder of FOLDERS) {
        const files: { path: string; content: string; permissions?: string }[] =
          parse(rendered[`cloud-init-${folder}`] ?? '').write_files ?? [];
        const root = join(CLOUD_INIT, folder);
        const onDisk = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
          (path) =>
            path !== 'cloud-config.yaml' &&
            !/\.\w+_cache\/|__pycache__/.test(path) &&
            statSync(join(root, path)).isFile(),
        );
        expect(files.map(({ path }) => path).sort()).toEqual(onDisk.map((path) => `/${path}`).sort());
        for (const { path, content, permissions = '0644' } of files) {
          expect(Buffer.from(content).equals(readFileSync(join(root, path)))).toBe(true);
          expect(permissions).toBe(statSync(join(root, path)).mode & 0o100 ? '0755' : '0644');
        }
      }
    });

    test('any text arrives as it was, whatever template signs it holds', () => {
      const sign = fc.constantFrom(
        '$',
        '%',
        '{',
        '}',
        '"',
        '\\',
        '\n',
        '~',
        'if',
        'a',
        '${',
        '%{',
        '$${',
        '%%{',
      );
      const texts = fc.sample(
        fc.array(sign, { maxLength: 12 }).map((signs) => signs.join('')),
        300,
      );
      const values = evaluate(Object.fromEntries(texts.map((text, i) => [`t${i}`, escapeTemplate(text)])));
      expect(texts.map((_, i) => values[`t${i}`])).toEqual(texts);
    });
  },
);
