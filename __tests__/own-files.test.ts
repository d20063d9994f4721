import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Json, synth, writtenFiles } from './synth';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'scale-up-own-files-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, content: string, mode = 0o644): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, mode);
}

const filesOf = (json: Json, droplet: string) => writtenFiles(json, droplet);

describe("a folder of the user's", () => {
  test('comes onto the droplets of its tier, beside what they have, and onto no others', () => {
    write('etc/motd', 'Hello\n');
    write('usr/local/bin/hello', '#!/bin/sh\n', 0o755);
    write('root/.config/hello', 'Hidden\n');
    const json = synth({ web: { count: 2, files: folder } });
    for (const web of ['web-1', 'web-2']) {
      const files = filesOf(json, web);
      expect(files.get('/etc/motd')).toMatchObject({ content: 'Hello\n', permissions: '0644' });
      expect(files.get('/usr/local/bin/hello')).toMatchObject({ permissions: '0755' });
      expect(files.get('/root/.config/hello')).toMatchObject({ content: 'Hidden\n' });
      expect([...files.keys()]).toEqual(expect.arrayContaining([...filesOf(synth(), 'web-1').keys()]));
    }
    for (const other of ['load-balancer-1', 'app-1', 'database-1']) {
      expect(filesOf(json, other)).toEqual(filesOf(synth(), other));
    }
  });

  test.each(['', '.', '/', './lib/..'])('is not %j, which holds the project itself', (files) => {
    expect(() => synth({ web: { files } })).toThrow(
      /^web\.files: .* is not a folder with files in it; one looks like/,
    );
  });

  test('has no cloud-config.yaml, which would reach no droplet', () => {
    write('etc/motd', 'Hello\n');
    write('cloud-config.yaml', '#cloud-config\n');
    expect(() => synth({ web: { files: folder } })).toThrow(
      /^web\.files: .* has a cloud-config\.yaml, which would reach no droplet; packages and commands come by files in etc\/scale-up/,
    );
  });

  test('may be that of any tier, with a container or copies of the database beside it', () => {
    write('etc/motd', 'Hello\n');
    const json = synth({
      loadBalancer: { files: folder },
      app: { files: folder, image: 'shop:1' },
      database: { files: folder, backups: { bucket: 'copies' } },
    });
    for (const droplet of ['load-balancer-2', 'app-1', 'database-1']) {
      expect(filesOf(json, droplet).get('/etc/motd')?.content).toBe('Hello\n');
    }
    expect([...filesOf(json, 'database-1').keys()]).toEqual(
      expect.arrayContaining([
        ...filesOf(synth({ database: { backups: { bucket: 'copies' } } }), 'database-1').keys(),
      ]),
    );
  });

  test('has the last word on a path: its file takes the place of ours, and waits for the package as ours does', () => {
    write('etc/nginx/nginx.conf', 'events {}\n');
    write('etc/sysctl.d/60-network.conf', '# none\n');
    const files = filesOf(synth({ web: { files: folder } }), 'web-1');
    expect(files.get('/etc/nginx/nginx.conf')).toMatchObject({ content: 'events {}\n', defer: true });
    expect(files.get('/etc/sysctl.d/60-network.conf')?.content).toBe('# none\n');
  });
});

describe('is refused with a sentence:', () => {
  const refusal = (files: string) => () => synth({ web: { files } });

  test('what is no folder with files', () => {
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'empty'));
    for (const name of ['none', 'file', 'empty']) {
      expect(refusal(join(folder, name))).toThrow(
        /^web\.files: ".*" is not a folder with files in it; one looks like files\/web, where/,
      );
    }
  });

  test('a character that cloud-init would corrupt', () => {
    write('etc/motd', 'Hello\nGr\u00fc\u00dfe\n');
    expect(refusal(folder)).toThrow(
      /etc\/motd:2: holds a character that is not ASCII; cloud-init would corrupt it$/,
    );
  });

  test('a path that is too long for the archive', () => {
    write(`etc/${'x'.repeat(96)}`, '');
    expect(refusal(folder)).toThrow(/^\/etc\/x+: has 101 characters; the longest path has 100$/);
  });

  test('a file that the deployment writes', () => {
    write('etc/scale-up/stack.env', 'A=1\n');
    expect(refusal(folder)).toThrow(/stack\.env: is written by the deployment itself; give it another name$/);
  });

  test('a secret', () => {
    write('etc/own.env', 'API_TOKEN=abcdefgh\n');
    expect(refusal(folder)).toThrow(/has a literal secret in its user_data/);
  });
});
