import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { lookUp, readDeclaration, saidBy } from './declaration';
import { siteOf } from './site';
import { bucketsOf } from './spaces';
import { folderOf, readStack } from './stack';
import { whyUnsupported } from './unsupported';

const folder = mkdtempSync(join(tmpdir(), 'digitalocean-lab-stack-'));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (file: string, content: unknown) =>
  writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
/** Which is YAML only once Terraform has put the file in. */
const EARLY = '#cloud-config\nwrite_files:\n${file("files.yaml")}: [\n';
const stack = (terraform: object) => ({ name: 'a', configuration: 'a.tf.json', terraform });

describe('lab.json', () => {
  test('may be missing, and then says nothing', async () => {
    expect(await readDeclaration(tmpdir())).toMatchObject({ tokens: {}, buckets: [], images: {} });
  });

  test.each([
    ['{', 'lab.json is no JSON: '],
    ['{ "redy": "/" }', 'lab.json: it: Unrecognized key: "redy"'],
    ['{ "ready": "healthz" }', 'lab.json: ready: Invalid string: must start with "/"'],
  ])('with a mistake is refused with a sentence: %s', async (text, sentence) => {
    write('lab.json', text);
    await expect(readDeclaration(folder)).rejects.toThrow(sentence);
  });

  test('points to what the user data of any droplet says, or an output', async () => {
    const deployment =
      '#cloud-config\nwrite_files:\n- {path: /etc/app.env, content: "A=1\\nIMAGE=r.example.org/shop:1\\n"}\n';
    const packed = gzipSync('robot\nsecret\n').toString('base64');
    const inline = `#cloud-config\nwrite_files:\n- {path: /etc/login, encoding: gz+b64, content: ${packed}}\n`;
    const said = saidBy(
      stack({
        output: { image: { value: 'r.example.org/shop:2' } },
        data: { cloudinit_config: { web: { part: [{ content: deployment }, { content: '#!/bin/sh\n' }] } } },
        resource: {
          digitalocean_droplet: { db: { user_data: inline }, plain: {}, early: { user_data: EARLY } },
        },
      }),
    );
    expect(lookUp({ file: '/etc/app.env', variable: 'IMAGE' }, said)).toBe('r.example.org/shop:1');
    expect(lookUp({ file: '/etc/app.env', variable: 'NONE' }, said)).toBeUndefined();
    expect(lookUp({ file: '/etc/login' }, said)).toBe('robot');
    expect(lookUp({ output: 'image' }, said)).toBe('r.example.org/shop:2');
    expect(lookUp({ output: 'none' }, said)).toBeUndefined();
    expect(lookUp('literally', said)).toBe('literally');
  });
});

describe('the buckets that a stack finds', () => {
  test('are those at the addresses that it declares, as far as Spaces has them', () => {
    const said = {
      outputs: { backups: { value: 's3:https://sfo3.digitaloceanspaces.com/copies/a/b' } },
      files: [],
    };
    const buckets = [{ output: 'backups' }, 'https://s3.example.com/copies', { output: 'none' }];
    expect(bucketsOf({ buckets }, said)).toEqual([{ region: 'sfo3', name: 'copies' }]);
  });
});

describe('a stack', () => {
  test('that lies in a folder as Terraform JSON is read as it is, with its lab.json beside it', async () => {
    write('main.tf.json', { output: { url: { value: 'https://www.example.org/' } } });
    const read = await readStack({ stack: folder }, 'nowhere');
    expect(read.configuration).toBe(join(folder, 'main.tf.json'));
    expect(siteOf(read)).toEqual({ scheme: 'https', domain: 'www.example.org' });
    expect(folderOf({ stack: folder })).toBe(folder);
  });

  test('that is HCL, or nowhere, is refused with a sentence', async () => {
    write('more.tf', '');
    await expect(readStack({ stack: folder }, 'nowhere')).rejects.toThrow("reads Terraform's JSON, not HCL");
    await expect(readStack({ stack: join(folder, 'no') }, 'nowhere')).rejects.toThrow('/no has neither');
  });

  test('is one of several by its name, and no lab without it', async () => {
    const several = mkdtempSync(join(tmpdir(), 'digitalocean-lab-stacks-'));
    try {
      const stacks: Record<string, object> = {};
      for (const name of ['production', 'staging']) {
        const workingDirectory = `stacks/${name}`;
        stacks[name] = { workingDirectory };
        mkdirSync(join(several, workingDirectory), { recursive: true });
        writeFileSync(
          join(several, workingDirectory, 'cdk.tf.json'),
          JSON.stringify({ output: { name: { value: name } } }),
        );
      }
      writeFileSync(join(several, 'manifest.json'), JSON.stringify({ stacks }));
      const named = (name: string) => readStack({ stack: join(several, name) }, 'nowhere');
      expect(await named('staging')).toMatchObject({ name: 'staging' });
      await expect(named('test')).rejects.toThrow(
        `There is no folder test, and no stack of that name: ${several} has production, staging.`,
      );
      await expect(readStack({ stack: several }, 'nowhere')).rejects.toThrow(
        `A lab has one stack; ${several} has 2: production, staging. The name of one goes behind --stack.`,
      );
    } finally {
      rmSync(several, { recursive: true });
    }
  });

  test('without an output url has a site by its address alone', () => {
    expect(siteOf(stack({}))).toEqual({ scheme: 'http' });
    expect(siteOf(stack({ output: { url: { value: '${digitalocean_reserved_ip.a.ip_address}' } } }))).toEqual(
      {
        scheme: 'http',
      },
    );
  });
});

describe('what a lab can not run is one sentence', () => {
  const nothing = { tokens: {}, buckets: [], images: {} };
  const parts = stack({
    resource: {
      digitalocean_app: { site: {} },
      digitalocean_project: { main: {} },
      digitalocean_droplet: { web: { image: 'debian-13-x64' } },
      null_resource: { a: {} },
    },
    data: { digitalocean_kubernetes_cluster: { k: {} } },
  });

  test('naming what neither the API nor the built-in apply knows', () => {
    expect(whyUnsupported(parts, nothing, false)).toBe(
      'A lab, where droplets really run, has no digitalocean_app.site, data.digitalocean_kubernetes_cluster.k.',
    );
    expect(whyUnsupported(parts, nothing, true)).toBe(
      'The lab can neither emulate nor apply digitalocean_app.site, digitalocean_project.main, null_resource.a, data.digitalocean_kubernetes_cluster.k.',
    );
  });

  test('naming an image that the lab does not have, unless another one stands in for it', () => {
    const old = stack({ resource: { digitalocean_droplet: { web: { image: 'ubuntu-22-04-x64' } } } });
    expect(whyUnsupported(old, nothing, true)).toMatch(
      /^digitalocean_droplet\.web: the lab has no image ubuntu-22-04-x64, /,
    );
    expect(
      whyUnsupported(old, { ...nothing, images: { 'ubuntu-22-04-x64': 'ubuntu-24-04-x64' } }, true),
    ).toBeUndefined();
  });

  test('and there is none for a stack of what it knows', () => {
    const good = stack({
      resource: { digitalocean_droplet: { web: { image: '${var.image}' } }, digitalocean_vpc: { a: {} } },
    });
    expect(whyUnsupported(good, nothing, true)).toBeUndefined();
  });
});
