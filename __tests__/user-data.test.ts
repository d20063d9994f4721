import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { awaitsPackage, dropletFiles } from '../lib/droplet-file';
import { ARCHIVE, DEFERRED } from '../lib/file-archive';
import { unpackAll } from '../lib/packed-content';
import { ROLES } from '../lib/role';
import type { SettingsInput } from '../lib/settings';
import { escapeTemplate, folderCloudConfig } from '../lib/user-data';
import { filesOf, type Json, synth, userData, writtenFiles } from './synth';
import { evaluate, hasTerraform } from './terraform';

/** The app tier is the sample application or the user's container. */
const APP = { sample: 'sample-app', container: 'container-app' };
const FOLDERS = ['every-droplet', ...ROLES.filter((role) => role !== 'app'), ...Object.values(APP)];
const hasPython = spawnSync('python3', ['--version']).status === 0;
/** What a role's droplet gets beside its folder where a setting asks for it. */
const ADDITIONS = ['database-backups'];
const CLOUD_INIT = join(__dirname, '..', 'cloud-init');

describe('cloud-init/', () => {
  test('has one folder for every droplet, one per role, two for the two kinds of app, one for the copies of the database, and nothing else', () => {
    expect(readdirSync(CLOUD_INIT).sort()).toEqual([...FOLDERS, ...ADDITIONS].sort());
  });

  test.each([...FOLDERS, ...ADDITIONS])(
    '%s holds complete files: ASCII, with a final line end and no carriage return',
    (folder) => {
      for (const { path, content } of dropletFiles(folder)) {
        expect([path, content]).toEqual([path, expect.stringMatching(/^[\n\t -~]*\n$/)]);
      }
    },
  );
});

const label = (length: number) => 'x'.repeat(length);
const LONG_ZONE = [63, 63, 53].map(label).concat('example').join('.');
/** As long as the settings and DNS let them be. */
const LONGEST_NAMES: Partial<SettingsInput> = {
  domain: `${label(253 - '0123456789ab.load-balancer.'.length - LONG_ZONE.length - 1)}.${LONG_ZONE}`,
  zone: LONG_ZONE,
  prefix: label(30),
  tls: {
    directory: `https://acme.example.org/${label(200)}`,
    contact: `${label(60)}@${label(60)}.example.org`,
  },
};

/** The `write_files` entries of a role's droplet, as cloud-init gets them. */
function entries(json: Json, role: string): { path: string; content: string; encoding?: string }[] {
  return Object.values(userData(json, `${role}-1`)).flatMap((part) => parse(part).write_files ?? []);
}

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

  test.each(ROLES)(
    'of a %s droplet leaves a user a quarter of the 64 KiB that DigitalOcean takes, also with the longest names',
    (role) => {
      const size = (stack: Json) =>
        Object.values(userData(stack, `${role}-1`)).reduce((sum, part) => sum + Buffer.byteLength(part), 0);
      expect(Math.max(...[json, withContainer].map(size))).toBeLessThanOrEqual(46 * 1024);
      expect(size(synth(LONGEST_NAMES))).toBeLessThanOrEqual(48 * 1024);
    },
  );

  test('has in plain text what holds a reference, and packs all that comes from the repository', () => {
    for (const stack of [json, withContainer]) {
      for (const { path, content, encoding } of ROLES.flatMap((role) => entries(stack, role))) {
        const isPacked = unpackAll(content).length === 1;
        expect([path, isPacked]).toEqual([path, path === ARCHIVE]);
        // A PEM has several lines, which only base64 brings through the YAML unharmed.
        expect(encoding).toBe(path.endsWith('.pem') ? 'b64' : undefined);
      }
    }
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
    const files = writtenFiles(json, 'load-balancer-1');
    expect(files.get('/etc/haproxy/haproxy.cfg')?.defer).toBe(true);
    expect(files.get('/usr/local/sbin/scale-up-packages')?.defer).toBeUndefined();
  });

  test.each(ROLES)(
    'of a %s droplet leaves its packages to a unit that goes on, in whatever order the vendor has cloud-init do things',
    (role) => {
      const parts = Object.values(userData(json, `${role}-1`)).map((part) => parse(part));
      const keys = parts.flatMap((part) => Object.keys(part));
      // cloud-init appends the lists of several parts: each must be named once.
      for (const list of ['cloud_init_modules', 'cloud_config_modules', 'cloud_final_modules', 'runcmd']) {
        expect(keys.filter((key) => key === list)).toEqual([list]);
      }
      expect(keys.filter((key) => /^package/.test(key))).toEqual([]);
      expect(parts[0].cloud_init_modules).toEqual(expect.arrayContaining(['bootcmd', 'write_files']));
      expect(parts[0].cloud_config_modules).toContain('runcmd');
      expect(parts[0].cloud_final_modules).toEqual(
        expect.arrayContaining(['scripts_vendor', 'scripts_user']),
      );
      expect(parts[0].runcmd.flat()).toContain('scale-up-packages.service');
    },
  );

  test.each(ROLES)('puts the files of the snapshot on a %s droplet', (role) => {
    expect(listing(json, role)).toMatchSnapshot();
  });

  test('puts the files of the snapshot on a database droplet whose data are copied', () => {
    expect(listing(synth({ database: { backups: { bucket: 'copies' } } }), 'database')).toMatchSnapshot();
  });

  test('puts the files of the snapshot on an app droplet with a container', () => {
    expect(listing(withContainer, 'app')).toMatchSnapshot();
  });
});

(hasPython ? describe : describe.skip)("by a droplet's own means (not run where python3 is missing)", () => {
  test.each(FOLDERS.filter((folder) => folder !== 'every-droplet'))(
    'the archive of %s is unpacked into its files',
    (folder) => {
      const root = mkdtempSync(join(tmpdir(), 'scale-up-archive-'));
      try {
        const [{ path, content }] = parse(folderCloudConfig(folder)).write_files;
        const [unpacking] = parse(folderCloudConfig('every-droplet')).runcmd;
        expect([path, typeof unpacking]).toEqual([ARCHIVE, 'string']);
        const [archive, disk] = [join(root, 'archive'), join(root, 'disk')];
        mkdirSync(disk);
        writeFileSync(archive, content);
        const here = unpacking.replace(ARCHIVE, archive).replace('--directory=/', `--directory=${disk}`);
        execFileSync('sh', ['-ec', here]);
        for (const file of [...dropletFiles('every-droplet'), ...dropletFiles(folder)]) {
          const place = join(disk, awaitsPackage(file) ? DEFERRED : '', file.path);
          expect([file.path, readFileSync(place, 'utf8')]).toEqual([file.path, file.content]);
          expect(statSync(place).mode & 0o777).toBe(Number.parseInt(file.permissions, 8));
        }
      } finally {
        rmSync(root, { recursive: true });
      }
    },
  );
});

(hasTerraform ? describe : describe.skip)(
  'through Terraform itself (not run where terraform is missing)',
  () => {
    test('every file arrives on disk byte for byte, with its run bit', () => {
      const rendered = evaluate({ ...synth().locals, ...synth({ app: { image: 'shop:1' } }).locals });
      for (const role of FOLDERS.filter((folder) => folder !== 'every-droplet')) {
        const files = filesOf(rendered[`cloud-init-${role}`] ?? '');
        const onDisk = new Map<string, string>(
          ['every-droplet', role].flatMap((folder) => {
            const root = join(CLOUD_INIT, folder);
            return readdirSync(root, { recursive: true, encoding: 'utf8' })
              .filter((path) => path !== 'cloud-config.yaml' && !/\.\w+_cache\/|__pycache__/.test(path))
              .filter((path) => statSync(join(root, path)).isFile())
              .map((path) => [`/${path}`, join(root, path)] as const);
          }),
        );
        expect(files.map(({ path }) => path).sort()).toEqual([...onDisk.keys()].sort());
        for (const { path, content, permissions } of files) {
          const file = onDisk.get(path) ?? '';
          expect(Buffer.from(content).equals(readFileSync(file))).toBe(true);
          expect(permissions).toBe(statSync(file).mode & 0o100 ? '0755' : '0644');
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
