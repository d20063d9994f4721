import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { backupStoreOf, checkBackupStore } from '../lib/check/backup-store';
import { Deployed } from '../lib/check/deployed';
import { endStore, serveStore } from './served-store';
import { synth } from './synth';

/** As much of an object store as the probe asks for: what a key may not do is a method, perhaps with what it is about. */
class Store {
  forbidden: readonly string[] = [];
  keepsVersions = true;
  buckets = ['foobar-backups'];
  readonly versions: string[] = [];
  readonly signers = new Set<string | undefined>();
  private content = '';

  answer({ method = '', url = '', headers }: IncomingMessage, response: ServerResponse): void {
    const say = (status: number, body = '') => response.writeHead(status).end(body);
    this.signers.add(/Credential=(\w+)\//.exec(headers.authorization ?? '')?.[1]);
    const { pathname, searchParams: query } = new URL(url, 'http://store');
    const what = query.has('versions')
      ? 'versions'
      : query.has('versionId')
        ? 'version'
        : pathname.slice(1).includes('/')
          ? 'object'
          : 'bucket';
    if (this.forbidden.includes(`${method} ${what}`))
      return void say(403, '<Error><Code>AccessDenied</Code></Error>');
    if (pathname === '/')
      return void say(200, this.buckets.map((name) => `<Bucket><Name>${name}</Name></Bucket>`).join(''));
    if (what === 'versions')
      return void say(200, this.versions.map((id) => `<VersionId>${id}</VersionId>`).join(''));
    if (what === 'bucket') return void say(this.buckets.includes(pathname.slice(1)) ? 200 : 404);
    if (what === 'version')
      return void say(
        this.versions.splice(this.versions.indexOf(query.get('versionId') ?? ''), 1) ? 204 : 404,
      );
    if (method === 'PUT' && headers['if-none-match'] === '*' && this.content) return void say(412);
    if (method !== 'GET' && this.keepsVersions) this.versions.push(`${this.versions.length}`);
    if (method === 'PUT') this.content = 'there';
    if (method === 'DELETE') this.content = '';
    say(method === 'DELETE' ? 204 : 200, this.content);
  }

  get isEmpty(): boolean {
    return this.content === '' && this.versions.length === 0;
  }
}

let store: Store;
let server: Server;
let endpoint: string;

beforeEach(async () => {
  store = new Store();
  ({ endpoint, server } = await serveStore(store));
});

afterEach(async () => {
  await endStore(server);
});

const DEPLOYED = new Deployed([
  {
    type: 'digitalocean_spaces_key',
    instances: [{ attributes: { access_key: 'DROPLET', secret_key: 'secret' } }],
  },
]);

/** What the check says, a line for each finding. */
async function said(deployed = DEPLOYED): Promise<string[]> {
  const findings = await checkBackupStore(
    { endpoint, bucket: 'foobar-backups', prefix: 'production' },
    deployed,
  );
  return findings.map(({ status, subject, text }) => `${status} ${subject}: ${text}`);
}

describe("the droplet's key of the backups", () => {
  test('is tried: what it may do with its bucket, and that nothing of the trial is left', async () => {
    expect(await said()).toEqual([
      "ok backups: the droplet's key lists, reads and writes foobar-backups",
      'ok backups: foobar-backups refuses a second object of the same name to who asks for that',
      "ok backups: the droplet's key deletes, which keeping copies for so many days needs: so may whoever is root on the database droplet; docs/backups.md says what is against it",
      "ok backups: foobar-backups keeps earlier versions, and the droplet's key deletes these as well: they stop nobody who has it",
      "ok backups: no other bucket that the droplet's key is shown is open to it",
    ]);
    expect(store.isEmpty).toBe(true);
    expect([...store.signers]).toEqual(['DROPLET']);
  });

  test.each([
    ['GET bucket', "problem backups: the droplet's key can't list foobar-backups: 403 AccessDenied"],
    ['PUT object', "problem backups: the droplet's key can't write to foobar-backups: 403 AccessDenied"],
    ['GET object', "problem backups: the droplet's key can't read from foobar-backups: 403 AccessDenied"],
    [
      'DELETE object',
      "problem backups: the droplet's key can't delete from foobar-backups, so copies that are too old stay, and so do locks: 403 AccessDenied",
    ],
    [
      'DELETE version',
      "ok backups: foobar-backups keeps earlier versions, which the droplet's key can't delete",
    ],
    ['GET versions', 'unknown backups: whether foobar-backups keeps earlier versions: 403 AccessDenied'],
  ])('that may not %s is told so', async (forbidden, line) => {
    store.forbidden = [forbidden];
    expect(await said()).toContain(line);
  });

  test('is a problem with a bucket that keeps nothing, and where it opens another', async () => {
    store.keepsVersions = false;
    store.buckets.push('foobar-state');
    expect(await said()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^problem backups: foobar-backups keeps no earlier versions/),
        "problem backups: the droplet's key opens foobar-state as well; give it foobar-backups alone",
      ]),
    );
  });

  test('can not be tried before the deployment that makes it, nor where the state is not known', async () => {
    expect(await said(new Deployed([]))).toEqual([
      "unknown backups: what the droplet's key of foobar-backups may do can't be tried yet: the deployment makes it; check again afterwards",
    ]);
    expect(await said(Deployed.UNKNOWN)).toEqual([
      expect.stringContaining('it is in a state that is not known here'),
    ]);
  });

  test('is that of the variables where the bucket is on another server', async () => {
    process.env.TF_VAR_backup_access_key = 'OWN';
    process.env.TF_VAR_backup_secret_key = 'secret';
    try {
      await said(new Deployed([]));
    } finally {
      delete process.env.TF_VAR_backup_access_key;
      delete process.env.TF_VAR_backup_secret_key;
    }
    expect([...store.signers]).toEqual(['OWN']);
  });

  test('is a problem where the store does not answer', async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await said()).toEqual([
      expect.stringMatching(/^problem backups: http:.* can't be reached: ECONNREFUSED$/),
    ]);
  });

  test('is that of the bucket which the droplet is told of', () => {
    expect(backupStoreOf(synth({ database: { backups: { bucket: 'foobar-backups' } } }))).toEqual({
      endpoint: 'https://sfo3.digitaloceanspaces.com',
      bucket: 'foobar-backups',
      prefix: 'production',
    });
    expect(backupStoreOf(synth())).toBeUndefined();
  });
});
