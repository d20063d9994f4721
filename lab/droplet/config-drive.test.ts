import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { droplet } from '../testing/droplets';
import { metaData, networkData, writeConfigDrive } from './config-drive';

const SEED = 'var/lib/cloud/seed/config_drive/openstack/latest';

describe('the config drive', () => {
  let root: string;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'config-drive-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  test('carries the user data byte for byte', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, fc.constant('\n a\r\n\n${b}%{c}\0é \n\n')), async (userData) => {
        await writeConfigDrive(root, droplet(1, { userData }));
        expect(await readFile(join(root, SEED, 'user_data'))).toEqual(Buffer.from(userData));
      }),
      { numRuns: 50 },
    );
  });

  test('has no user data when the droplet has none', async () => {
    const blank = join(root, 'blank');
    await writeConfigDrive(blank, droplet(1, { userData: undefined }));
    await expect(readFile(join(blank, SEED, 'user_data'))).rejects.toThrow('ENOENT');
  });

  test('names the droplet and its keys', () => {
    const sshKeys = ['ssh-ed25519 AAAA one', 'ssh-ed25519 BBBB two'];
    expect(metaData(droplet(7, { name: 'web-1', sshKeys }))).toMatchObject({
      uuid: '7',
      hostname: 'web-1',
      public_keys: { 0: sshKeys[0], 1: sshKeys[1] },
    });
  });

  test('gives eth0 the public and the anchor address, eth1 the private one, and the Internet one gateway', () => {
    const spec = droplet(7);
    const { links, networks, services } = networkData(spec);
    expect(links.map((link) => link.ethernet_mac_address)).toEqual([spec.public.mac, spec.private.mac]);
    expect(networks.map(({ link, ip_address }) => `${link} ${ip_address}`)).toEqual([
      `eth0 ${spec.public.ip}`,
      `eth0 ${spec.anchor.ip}`,
      `eth1 ${spec.private.ip}`,
    ]);
    expect(networks.flatMap((network) => network.routes)).toEqual([
      { network: '0.0.0.0', netmask: '0.0.0.0', gateway: spec.public.gateway },
    ]);
    expect(services.map(({ address }) => address)).toEqual(['67.207.67.2', '67.207.67.3']);
  });
});
