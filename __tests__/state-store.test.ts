import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { checkStateStore, deployedBy, storeOf } from '../lib/check/state-store';
import { endStore, serveStore } from './served-store';
import { synth } from './synth';

/** As much of an object store as the probe asks for. */
class Store {
  refusesSecondWriter = true;
  keepsVersions = true;
  mayWrite = true;
  readonly objects = new Map<string, string>();
  readonly seen: IncomingMessage[] = [];

  answer(request: IncomingMessage, response: ServerResponse): void {
    this.seen.push(request);
    const { method, url = '' } = request;
    const say = (status: number, body = '') => response.writeHead(status).end(body);
    if (!this.mayWrite) return void say(403, '<Error><Code>AccessDenied</Code></Error>');
    if (url.endsWith('?versioning')) {
      return void say(200, `<Status>${this.keepsVersions ? 'Enabled' : 'Suspended'}</Status>`);
    }
    if (method === 'DELETE') return void say(this.objects.delete(url) ? 204 : 404);
    if (method === 'GET') return void say(this.objects.has(url) ? 200 : 404, this.objects.get(url));
    if (request.headers['if-none-match'] === '*' && this.objects.has(url) && this.refusesSecondWriter) {
      return void say(412, '<Error><Code>PreconditionFailed</Code></Error>');
    }
    this.objects.set(url, '');
    say(200);
  }
}

let store: Store;
let server: Server;
let endpoint: string;

beforeEach(async () => {
  store = new Store();
  ({ endpoint, server } = await serveStore(store));
  process.env.AWS_ACCESS_KEY_ID = 'key';
  process.env.AWS_SECRET_ACCESS_KEY = 'secret';
});

afterEach(async () => {
  delete process.env.AWS_ACCESS_KEY_ID;
  delete process.env.AWS_SECRET_ACCESS_KEY;
  await endStore(server);
});

const place = () => ({ endpoint, bucket: 'foobar-state', key: 'production.tfstate' });

/** What the check says, a line for each finding. */
async function said(): Promise<string[]> {
  const findings = await checkStateStore(place());
  return findings.map(({ status, subject, text }) => `${status} ${subject}: ${text}`);
}

const REFUSES = 'ok state: foobar-state refuses a second writer: two deployments are kept apart';
const VERSIONS = 'ok state: foobar-state keeps earlier versions';

describe('the state in a bucket', () => {
  test('is kept from two deployments where the store refuses a second writer', async () => {
    expect(await said()).toEqual([REFUSES, VERSIONS]);
  });

  test('is asked for by signed requests, and nothing of the probe is left', async () => {
    await said();
    for (const { headers } of store.seen) {
      expect(headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=key\/\d+\/us-east-1\/s3\//);
    }
    expect(store.objects.size).toBe(0);
  });

  test('is a problem where the store takes both, with what to do', async () => {
    store.refusesSecondWriter = false;
    expect(await said()).toEqual([
      expect.stringMatching(
        /^problem state: foobar-state takes a second writer, .* deploy from one place alone/,
      ),
      VERSIONS,
    ]);
    expect(store.objects.size).toBe(0);
  });

  test('is a problem while somebody holds the lock, with who and since when', async () => {
    const lock = {
      ID: 'e7c1',
      Operation: 'OperationTypeApply',
      Who: 'ci@runner',
      Created: '2026-11-29T15:00:00Z',
    };
    store.objects.set('/foobar-state/production.tfstate.tflock', JSON.stringify(lock));
    expect(await said()).toEqual([
      REFUSES,
      "problem state: is locked by ci@runner since 2026-11-29T15:00:00Z (OperationTypeApply); wait for that, or, if it is dead, `terraform force-unlock e7c1` in the stack's folder",
      VERSIONS,
    ]);
  });

  test('is a problem where nothing keeps what is overwritten', async () => {
    store.keepsVersions = false;
    expect((await said())[1]).toMatch(/^problem state: foobar-state keeps no earlier versions/);
  });

  test('needs a key that may write, and a store that answers', async () => {
    store.mayWrite = false;
    expect((await said())[0]).toBe("problem state: foobar-state can't be written: 403 AccessDenied");
    delete process.env.AWS_ACCESS_KEY_ID;
    expect(await said()).toEqual([
      expect.stringMatching(/^problem state: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set/),
    ]);
    process.env.AWS_ACCESS_KEY_ID = 'key';
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await said()).toEqual([
      expect.stringMatching(/^problem state: http:.* can't be reached: ECONNREFUSED$/),
    ]);
  });

  test('of a file on this machine is nobody else’s to keep apart', async () => {
    expect(await checkStateStore(storeOf(synth()))).toEqual([]);
  });
});

describe('what a stack has, by a state in a bucket,', () => {
  const PLACE = '/foobar-state/production.tfstate';

  test('is what that says', async () => {
    const web = { type: 'digitalocean_droplet', instances: [{ attributes: { id: '7' } }] };
    store.objects.set(PLACE, JSON.stringify({ version: 4, resources: [web] }));
    const deployed = await deployedBy(place());
    expect([7, 8].map((id) => deployed.has('droplet', id, true))).toEqual([true, false]);
    expect(deployed.knows('droplet')).toBe(true);
  });

  test('is nothing where there is none yet', async () => {
    const deployed = await deployedBy(place());
    expect([deployed.isKnown, deployed.has('droplet', 7, true)]).toEqual([true, false]);
  });

  test('is unknown where it can not be read', async () => {
    store.objects.set(PLACE, 'encrypted');
    expect((await deployedBy(place())).isKnown).toBe(false);
    store.mayWrite = false;
    expect((await deployedBy(place())).isKnown).toBe(false);
    delete process.env.AWS_ACCESS_KEY_ID;
    expect((await deployedBy(place())).isKnown).toBe(false);
    process.env.AWS_ACCESS_KEY_ID = 'key';
    await endStore(server);
    expect((await deployedBy(place())).isKnown).toBe(false);
    expect((await deployedBy(undefined)).isKnown).toBe(false);
  });
});

describe('state: { bucket, region }', () => {
  const json = synth({ state: { bucket: 'foobar-state', region: 'fra1' } });

  test('keeps the state in Spaces, with a lock, under the name of the stack', () => {
    expect(json.terraform.backend).toEqual({
      s3: {
        bucket: 'foobar-state',
        key: 'scale-up.tfstate',
        endpoints: { s3: 'https://fra1.digitaloceanspaces.com' },
        region: 'us-east-1',
        use_path_style: true,
        use_lockfile: true,
        skip_credentials_validation: true,
        skip_metadata_api_check: true,
        skip_region_validation: true,
        skip_requesting_account_id: true,
        skip_s3_checksum: true,
      },
    });
    expect(storeOf(json)).toEqual({
      endpoint: 'https://fra1.digitaloceanspaces.com',
      bucket: 'foobar-state',
      key: 'scale-up.tfstate',
    });
  });

  test('needs a Terraform that locks by a file', () => {
    expect(json.terraform.required_version).toBe('>= 1.11.0, != 1.16.0');
  });

  test('is refused in a sentence where the bucket could not be', () => {
    const of = (state: { bucket: string; region: string }) => () => synth({ state });
    expect(of({ bucket: 'Foobar', region: 'fra1' })).toThrow(
      /^state\.bucket: "Foobar" is not the name of a bucket/,
    );
    expect(of({ bucket: 'foobar', region: 'nyc1' })).toThrow(/^state\.region: "nyc1" has no Spaces/);
  });
});
