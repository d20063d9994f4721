import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endStore, serveStore } from '../../__tests__/served-store';
import { synth } from '../../__tests__/synth';
import { client, droplet, type Lab, start, TOKEN } from '../../lab/api/testing/client';
import { Api } from '../../lib/check/api';
import { check } from '../../lib/check/check';
import { Deployed } from '../../lib/check/deployed';
import type { Finding } from '../../lib/check/finding';
import { needsOf } from '../../lib/check/needs';
import { leftOver } from '../../lib/commands/left-over';
import type { SettingsInput } from '../../lib/settings';
import { openAccount } from './account';
import { openGates } from './open-gates';

const RESERVED_IP_TOKEN = { token: 'reserved-ip', scopes: ['reserved_ip:update'] };
const SECOND = '3b:16:bf:e4:8b:00:8b:b8:59:8c:a9:d3:f0:19:45:fa';

let lab: Lab;
const account = async (options: Parameters<typeof start>[0] = {}) => {
  lab = await start({ tokens: [RESERVED_IP_TOKEN], ...options });
};
afterEach(() => lab.close());

const NEVER_DEPLOYED = Deployed.read('/nowhere/terraform.scale-up.tfstate');

/** What the check says of a stack, `ok` left out. */
async function troubles(
  settings: Partial<SettingsInput> = {},
  { deployed = NEVER_DEPLOYED, token = TOKEN, other = RESERVED_IP_TOKEN.token as string | null } = {},
): Promise<string[]> {
  const found: Finding[] = [];
  const isFine = await check(
    new Api(lab.url, token, 'DIGITALOCEAN_TOKEN'),
    other ? new Api(lab.url, other, 'TF_VAR_reserved_ip_token') : undefined,
    { needs: needsOf(synth(settings)), deployed },
    (finding) => found.push(finding),
  );
  expect(isFine).toBe(found.every(({ status }) => status !== 'problem'));
  const all = found.filter(({ status }) => status !== 'ok');
  return all.map(({ status, subject, text }) => `${status} ${subject}: ${text}`);
}

/** Said always: nothing that is read shows it. */
const WRITES =
  "unknown deploy token: what it may create, change and delete can't be seen without doing it; README lists what it needs";

test('an account with room for the stack has no trouble', async () => {
  await account();
  expect(await troubles()).toEqual([WRITES]);
});

describe('a trouble of the account', () => {
  test('is a droplet limit too small for the stack, or for its replacement', async () => {
    await account({ account: { dropletLimit: 3 } });
    expect(await troubles()).toEqual([
      "problem droplet limit: the account may have 3 droplets and has 0 besides this stack's, which are 5, and 9 while a change replaces them; ask DigitalOcean for 9 or more (control panel, Settings)",
      WRITES,
    ]);
  });

  test('is a droplet limit that others have used up, on whichever page they are', async () => {
    await account({ account: { dropletLimit: 215 } });
    for (let call = 0; call < 21; call++) {
      const names = Array.from({ length: 10 }, (_, n) => `other-${call}-${n}`);
      await lab.call('POST', '/v2/droplets', droplet({ name: undefined, names }));
    }
    const [first] = await troubles();
    expect(first).toContain('may have 215 droplets and has 210 besides');
  });

  test('is its status, an address of its own that is not verified, and too few Reserved IPs', async () => {
    await account({ account: { status: 'locked', reservedIpLimit: 0 } });
    expect(await troubles()).toEqual([
      "problem account: is locked: The account is locked.; DigitalOcean's support can tell more",
      "problem Reserved IP: the account may have 0 and has 0 besides this stack's; give one back, or ask DigitalOcean for more",
      WRITES,
    ]);
    await lab.close();
    await account({ account: { verifiedEmails: [] } });
    expect((await troubles())[0]).toBe(
      "problem account: its address lab@example.com is not verified; follow the link in DigitalOcean's mail",
    );
  });

  test('is a region, a size or an image that is not to be had', async () => {
    await account({ account: { soldOut: ['nyc3', 's-1vcpu-2gb'] } });
    const settings = { web: { size: 's-1vcpu-7gb', dropletImage: 'debian-99-x64' } };
    expect(await troubles(settings)).toEqual([
      expect.stringMatching(/^problem region: nyc3 takes no new droplets; there are nyc1, nyc2, ams3/),
      'problem sizes: s-1vcpu-1gb is not to be had in nyc3 now; choose another size or region',
      'problem sizes: s-1vcpu-2gb is not to be had in nyc3 now; choose another size or region',
      'problem sizes: there is no s-1vcpu-7gb; doctl compute size list names all',
      'problem images: there is no debian-99-x64; doctl compute image list-distribution names all',
      WRITES,
    ]);
  });

  test('is a VPC of the same name or range, and that ours would become the default of its region', async () => {
    await account({ account: { isNew: true } });
    const range = { ip_range: '10.20.8.0/24' };
    await lab.call('POST', '/v2/vpcs', { name: 'production', region: 'fra1', ...range });
    expect(await troubles()).toEqual([
      'problem VPC: a VPC named production exists (in fra1); set another prefix, or delete it',
      'problem VPC: 10.20.0.0/20 overlaps with 10.20.8.0/24 of production; set another vpcRange',
      "problem VPC: nyc3 has no VPC yet, so that production would become its default, which can't be deleted; make another before: doctl vpcs create --name default-nyc3 --region nyc3",
      WRITES,
    ]);
  });

  test('is a zone that is there, or is not, and a record in the way', async () => {
    await account();
    const other = { zoneExists: true };
    expect(await troubles(other)).toEqual([
      'problem zone: foobar.com is not in this account; add it there, or leave zoneExists out',
      WRITES,
    ]);
    await lab.call('POST', '/v2/domains', { name: 'foobar.com' });
    expect(await troubles(other)).toEqual([WRITES]);
    expect(await troubles()).toEqual([
      'problem zone: foobar.com is in this account already; set zoneExists: true',
      WRITES,
    ]);
    const add = (record: object) => lab.call('POST', '/v2/domains/foobar.com/records', record);
    await add({ type: 'CNAME', name: 'www', data: 'elsewhere.example.com.' });
    await add({ type: 'A', name: '*.load-balancer.www', data: '192.0.2.1' });
    await add({ type: 'A', name: '*.www', data: '192.0.2.1' });
    expect(await troubles(other)).toEqual([
      'problem zone: foobar.com has a record www CNAME elsewhere.example.com where this stack makes one; delete it',
      'problem zone: foobar.com has a record *.load-balancer.www A 192.0.2.1 where this stack makes one; delete it',
      WRITES,
    ]);
  });

  test("is a name that is taken, and this stack's tag on somebody else's droplet", async () => {
    await account();
    await lab.call('POST', '/v2/volumes', { name: 'production-database', region: 'nyc3', size_gigabytes: 1 });
    const outbound_rules = [{ protocol: 'udp', ports: '53', destinations: { addresses: ['0.0.0.0/0'] } }];
    await lab.call('POST', '/v2/firewalls', { name: 'production-web', outbound_rules });
    const tags = ['Scale-Up:foobar_com:production:web'];
    await lab.call('POST', '/v2/droplets', droplet({ name: 'somebody', tags }));
    const [tag, volume, firewall, ...rest] = await troubles();
    expect(tag).toMatch(
      /^problem tags: droplet somebody \(\d+\) carries Scale-Up:foobar_com:production:web and is not of this deployment/,
    );
    expect(volume).toMatch(/^problem volume: a volume named production-database exists/);
    expect(firewall).toMatch(/^problem firewalls: a firewall named production-web exists/);
    expect(rest).toEqual([WRITES]);
  });

  test('is an SSH key that it lacks; an address that nobody can tell to be verified is unknown', async () => {
    await account();
    const settings = { ssh: { keys: [SECOND] }, alerts: { emails: ['lab@example.com', 'ops@foobar.com'] } };
    expect(await troubles(settings)).toEqual([
      `problem SSH keys: the account has no key ${SECOND}; doctl compute ssh-key list names all`,
      expect.stringMatching(/^unknown alerts: whether ops@foobar.com is verified can't be seen/),
      WRITES,
    ]);
  });
});

describe('a token', () => {
  test('that may not look at something is told which scope it lacks', async () => {
    const narrow = {
      token: 'narrow',
      scopes: ['droplet:update', 'vpc:update', 'domain:update', 'firewall:read'],
    };
    await account({ tokens: [RESERVED_IP_TOKEN, narrow] });
    expect(await troubles({}, { token: 'narrow' })).toEqual([
      'problem account: the token may not look; it needs account:read',
      'problem droplet limit: the token may not look; it needs account:read and droplet:read',
      'problem Reserved IP: the token may not look; it needs account:read and reserved_ip:read',
      'problem volume: the token may not look; it needs block_storage:read',
      WRITES,
    ]);
  });

  test("of the load balancers' that can do too little or too much is one to replace", async () => {
    const little = { token: 'little', scopes: ['vpc:read'] };
    await account({ tokens: [little] });
    expect((await troubles({}, { other: 'little' })).slice(0, 3)).toEqual([
      'problem Reserved IP token: lacks reserved_ip:read; make one as README says',
      'problem Reserved IP token: lacks droplet:read; make one as README says',
      'problem Reserved IP token: lacks actions:read; make one as README says',
    ]);
    expect(await troubles({}, { other: TOKEN })).toEqual([
      'problem Reserved IP token: can do more than it needs (domain:read, firewall:read), and lies on both load balancers; make one as README says',
      WRITES,
    ]);
    expect(await troubles({}, { other: null })).toContain(
      'unknown Reserved IP token: TF_VAR_reserved_ip_token is not set; a deploy needs it',
    );
  });

  test('that nobody knows ends the check with one sentence, as does an API that is away', async () => {
    await account();
    expect(await troubles({}, { other: 'wrong' })).toContain(
      'problem Reserved IP token: DigitalOcean knows no such token as in TF_VAR_reserved_ip_token; make one as README says',
    );
    await expect(troubles({}, { token: 'wrong' })).rejects.toThrow(
      'DigitalOcean knows no such token as in DIGITALOCEAN_TOKEN; make one as README says',
    );
    lab.fault({ call: 'GET /v2/vpcs', kind: '503' });
    expect((await troubles())[0]).toMatch(/^unknown VPC: DigitalOcean's API answered 503: .*; try again$/);
    lab.fault({ call: 'GET /v2/sizes', kind: 'dead' });
    await expect(troubles()).rejects.toThrow(/^DigitalOcean's API at http:.* can't be reached: /);
  });
});

describe('a stack that is deployed', () => {
  test('has no trouble with itself, known by its state or by names and tags', async () => {
    await account();
    const settings = { alerts: { emails: ['lab@example.com'] } };
    const deployment = await openAccount();
    try {
      await deployment.apply(openGates(synth(settings)));
      const state = join(deployment.folder, 'terraform.tfstate');
      writeFileSync(state, JSON.stringify(terraformState(deployment.state())));
      lab = { ...lab, url: deployment.api.url };
      const options = { token: 'deploy-token', other: null };
      const isAboutNames = (line: string) => !/token/.test(line);
      for (const deployed of [Deployed.read(state), Deployed.UNKNOWN])
        expect((await troubles(settings, { ...options, deployed })).filter(isAboutNames)).toEqual([]);
      const body = droplet({ name: 'production-web-1', tags: ['scale-up:foobar_com:production:web'] });
      const left = (await client(lab.url).call('POST', '/v2/droplets', body, options.token)).body.droplet.id;
      expect(
        (await troubles(settings, { ...options, deployed: Deployed.read(state) })).filter(isAboutNames),
      ).toEqual([
        `problem tags: droplet production-web-1 (${left}) was left by a deployment that was killed: Terraform does not know it, and no name leads to it; \`doctl compute droplet delete ${left}\` removes it`,
      ]);
      const { resources } = deployment.state();
      delete resources['digitalocean_droplet.web-1'];
      writeFileSync(state, JSON.stringify(terraformState({ resources })));
      const incomplete = await troubles(settings, { ...options, deployed: Deployed.read(state) });
      expect(
        incomplete.filter((line) => line.includes('production-web-1') && line.includes('serves')),
      ).toEqual([
        expect.stringMatching(
          /^problem tags: droplet production-web-1 \(\d+\) serves, and this state does not know it/,
        ),
      ]);
      expect(incomplete.filter((line) => line.includes('doctl compute droplet delete'))).toHaveLength(1);
      const elsewhere = await troubles(settings, { ...options, deployed: NEVER_DEPLOYED });
      expect(elsewhere.filter(isAboutNames).length).toBeGreaterThan(8);
    } finally {
      await deployment.end();
    }
  });

  test('is told before it is deployed again what a killed deployment left, by a state in a file as in a bucket', async () => {
    await account();
    const deployment = await openAccount();
    const json = synth();
    await deployment.apply(openGates(json));
    const state = JSON.stringify(terraformState(deployment.state()));
    writeFileSync(join(deployment.folder, 'here.tfstate'), state);
    const { endpoint, server } = await serveStore({ answer: (_, response) => void response.end(state) });
    const access = { DIGITALOCEAN_API_URL: deployment.api.url, DIGITALOCEAN_TOKEN: 'deploy-token' };
    const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };
    const environment = jest.replaceProperty(process, 'env', { ...process.env, ...access, ...keys });
    const left = (backend: object) => {
      const { folder } = deployment;
      const file = join(folder, 'cdk.tf.json');
      writeFileSync(file, JSON.stringify({ ...json, terraform: { ...json.terraform, backend } }));
      return leftOver({ name: 'scale-up', folder, file, warnings: [] });
    };
    const backends = [
      { local: { path: 'here.tfstate' } },
      { s3: { bucket: 'foobar-state', key: 'scale-up.tfstate', endpoints: { s3: endpoint } } },
    ];
    try {
      for (const backend of backends) expect(await left(backend)).toEqual([]);
      const body = droplet({ name: 'production-web-1', tags: ['scale-up:foobar_com:production:web'] });
      const { call } = client(deployment.api.url);
      const { id } = (await call('POST', '/v2/droplets', body, 'deploy-token')).body.droplet;
      for (const backend of backends) {
        expect(await left(backend)).toEqual([
          expect.stringContaining(`\`doctl compute droplet delete ${id}\` removes it`),
        ]);
      }
    } finally {
      environment.restore();
      await endStore(server);
      await deployment.end();
    }
  });
});

/** The state of the lab's own apply, as Terraform would have written it. */
function terraformState({ resources }: { resources: Record<string, { type: string; current: object }> }) {
  return {
    version: 4,
    resources: Object.values(resources).map(({ type, current }) => ({ type, instances: [current] })),
  };
}

test('npm run check prints a line each, and says by its exit status whether a deploy would succeed', async () => {
  await account({ account: { dropletLimit: 3 } });
  const run = async (env: object) => {
    const child = spawn('npm', ['run', '-s', 'check'], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DIGITALOCEAN_API_URL: lab.url, ...env },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    const status = await new Promise((resolve) => child.on('close', resolve));
    return { status, lines: output.trimEnd().split('\n') };
  };
  const [good, wrong, none, nowhere] = await Promise.all([
    run({ DIGITALOCEAN_ACCESS_TOKEN: TOKEN, TF_VAR_reserved_ip_token: RESERVED_IP_TOKEN.token }),
    run({ DIGITALOCEAN_TOKEN: 'wrong' }),
    run({}),
    run({ DIGITALOCEAN_TOKEN: TOKEN, DIGITALOCEAN_API_URL: 'api.digitalocean.com' }),
  ]);
  expect(good.status).toBe(1);
  expect(good.lines[0]).toBe('ok       account: is active, its address lab@example.com verified');
  expect(good.lines[1]).toMatch(/^problem {2}droplet limit: the account may have 3 droplets/);
  expect(good.lines.slice(2).every((line) => /^(ok {6}|unknown ) [\w ]+: /.test(line))).toBe(true);
  expect([wrong.status, wrong.lines]).toEqual([
    1,
    ['DigitalOcean knows no such token as in DIGITALOCEAN_TOKEN; make one as README says'],
  ]);
  expect(none.lines).toEqual([
    'DIGITALOCEAN_TOKEN: is not set; it is the deploy token that README describes',
  ]);
  expect(nowhere.lines).toEqual([
    'DIGITALOCEAN_API_URL: "api.digitalocean.com" is not an address; one looks like http://127.0.0.1:8080',
  ]);
});

test('a token is taken without the line end that a file has, and refused with what no header can carry', async () => {
  await account({});
  const by = (token: string) => {
    const set = { DIGITALOCEAN_API_URL: lab.url, ODD: token };
    const environment = jest.replaceProperty(process, 'env', { ...process.env, ...set });
    try {
      return Api.by('ODD');
    } finally {
      environment.restore();
    }
  };
  expect(await by(`${TOKEN}\n`)?.get('/account')).toHaveProperty('account');
  for (const token of ['dop v1', 'dop_v1_\u00e9', 'dop\nv1']) {
    expect(() => by(token)).toThrow('ODD: holds a space or another character that no token has; set it anew');
  }
});
