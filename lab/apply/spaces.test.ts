import type { Spaces } from './spaces';
import { Deployment, type Json } from './testing/deployment';

let deployment: Deployment;
let spaces: Spaces;

beforeEach(async () => {
  deployment = await Deployment.start();
  spaces = await deployment.openSpaces();
});
afterEach(() => deployment.end());

/** A bucket for backups, and the key of who makes them. */
function stack(change: (bucket: Json, key: Json) => void = () => {}): Json {
  const bucket: Json = { name: 'foobar-backups', region: 'ams3', versioning: [{ enabled: true }] };
  const key: Json = {
    name: 'foobar-database',
    grant: [{ bucket: '${digitalocean_spaces_bucket.backups.name}', permission: 'readwrite' }],
  };
  change(bucket, key);
  return {
    provider: { digitalocean: [{}] },
    resource: { digitalocean_spaces_bucket: { backups: bucket }, digitalocean_spaces_key: { database: key } },
    output: {
      endpoint: { value: '${digitalocean_spaces_bucket.backups.endpoint}' },
      domain: { value: '${digitalocean_spaces_bucket.backups.bucket_domain_name}' },
      urn: { value: '${digitalocean_spaces_bucket.backups.urn}' },
      key: { value: '${digitalocean_spaces_key.database.access_key}' },
      secret: { value: '${digitalocean_spaces_key.database.secret_key}', sensitive: true },
    },
  };
}

const at = (path: string) => spaces.get('ams3', `/foobar-backups${path}`);
const keys = async () =>
  (await deployment.get('/spaces/keys')).keys.filter(({ name }: Json) => name !== 'by hand');

test('a bucket and a key for it are made, and after that there is nothing to do', async () => {
  const outputs = await deployment.apply(stack());
  const [key] = await keys();
  expect(outputs).toEqual({
    endpoint: 'ams3.digitaloceanspaces.com',
    domain: 'foobar-backups.ams3.digitaloceanspaces.com',
    urn: 'do:space:foobar-backups',
    key: key.access_key,
    secret: expect.stringMatching(/^\w{43}$/),
  });
  expect(key.grants).toEqual([{ bucket: 'foobar-backups', permission: 'readwrite' }]);
  expect(await at('?versioning')).toContain('<Status>Enabled</Status>');
  expect(await deployment.plan(stack())).toEqual([]);
  expect(await deployment.apply(stack())).toEqual(outputs);
});

test('a key is renamed and gets other grants in place, and keeps its secret', async () => {
  const { key, secret } = await deployment.apply(stack());
  const changed = stack((_, key) => {
    key.name = 'other';
    key.grant = [{ bucket: 'foobar-backups', permission: 'read' }];
  });
  expect(await deployment.plan(changed)).toEqual(['update digitalocean_spaces_key.database (name, grant)']);
  expect(await deployment.apply(changed)).toMatchObject({ key, secret });
  expect(await keys()).toMatchObject([{ name: 'other', grants: [{ permission: 'read' }] }]);
  expect(await deployment.plan(changed)).toEqual([]);
});

test('versions and rules of a bucket are changed in place', async () => {
  await deployment.apply(stack());
  const changed = stack((bucket) => {
    bucket.versioning = [{ enabled: false }];
    bucket.lifecycle_rule = [
      {
        enabled: true,
        prefix: 'logs/&',
        expiration: [{ days: 30 }],
        abort_incomplete_multipart_upload_days: 1,
      },
      { id: 'old', enabled: false, noncurrent_version_expiration: [{ days: 7 }] },
    ];
  });
  expect(await deployment.plan(changed)).toEqual([
    'update digitalocean_spaces_bucket.backups (versioning, lifecycle_rule)',
  ]);
  await deployment.apply(changed);
  expect(await at('?versioning')).toContain('Suspended');
  expect(await at('?lifecycle')).toMatch(/<NoncurrentDays>7<.*/);
  expect(await deployment.plan(changed)).toEqual([]);

  const without = stack((bucket) => {
    bucket.versioning = [{ enabled: false }];
  });
  await deployment.apply(without);
  expect(await at('?lifecycle')).toBeUndefined();
});

test('a bucket of which nothing is said but its name is private, without versions, and in New York', async () => {
  const plain = stack((bucket) => {
    delete bucket.region;
    delete bucket.versioning;
  });
  expect(await deployment.apply(plain)).toMatchObject({ endpoint: 'nyc3.digitaloceanspaces.com' });
  expect(await spaces.get('nyc3', '/foobar-backups?versioning')).not.toContain('Status');
  expect(await deployment.plan(plain)).toEqual([]);
});

test('a bucket that says nothing of versions keeps what it has', async () => {
  await deployment.apply(stack());
  const silent = stack((bucket) => {
    delete bucket.versioning;
  });
  expect(await deployment.plan(silent)).toEqual([]);
});

test('another region or name is another bucket', async () => {
  await deployment.apply(stack());
  const moved = stack((bucket) => {
    bucket.region = 'fra1';
  });
  expect(await deployment.plan(moved)).toEqual(['replace digitalocean_spaces_bucket.backups (region)']);
  await deployment.apply(moved);
  expect([await at('?location'), await spaces.get('fra1', '/foobar-backups?location')]).toEqual([
    undefined,
    expect.stringContaining('fra1'),
  ]);
});

test('a bucket and a key that are gone are made again', async () => {
  const { key } = await deployment.apply(stack());
  await spaces.delete('ams3', '/foobar-backups');
  await deployment.call('DELETE', `/spaces/keys/${key}`);
  expect(await deployment.plan(stack())).toEqual(
    expect.arrayContaining([
      'create digitalocean_spaces_bucket.backups',
      'create digitalocean_spaces_key.database',
    ]),
  );
});

test('a bucket with objects is destroyed only when that was said before', async () => {
  await deployment.apply(stack());
  await spaces.put('ams3', '/foobar-backups/a/b%20c', 'content');
  await expect(deployment.destroy(stack())).rejects.toThrow('DELETE /foobar-backups: 409 BucketNotEmpty');
  const forced = stack((bucket) => {
    bucket.force_destroy = true;
  });
  await deployment.apply(forced);
  await deployment.destroy(forced);
  expect(await at('?location')).toBeUndefined();
  expect(await keys()).toEqual([]);
});

test('a bucket whose name is taken is refused in one sentence', async () => {
  await spaces.put('fra1', '/foobar-backups');
  await expect(deployment.apply(stack())).rejects.toThrow(
    /^digitalocean_spaces_bucket\.backups: PUT \/foobar-backups: 409 BucketAlreadyExists: [^\n]*$/,
  );
});
