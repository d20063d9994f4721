import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Progress } from '../../common/progress';
import { attempt, type RunResult } from '../../common/run';
import { enter } from '../../droplet/enter';
import { ask } from '../../instance/control-api';
import { down } from '../../instance/down';
import type { LabAccess, LabStatus } from '../../instance/lab';
import { up } from '../../instance/up';

const MINUTE = 60_000;
const NAME = 'spaces-test';
const STACK = join(__dirname, 'testing/stack');
const BOTO = readFileSync(join(__dirname, 'testing/boto.py'), 'utf8');
const HOST = 'ams3.digitaloceanspaces.com';
const RESTIC = `RESTIC_PASSWORD=x restic --no-cache --quiet --repo s3:https://${HOST}/backups/restic`;
const CURL = `curl --silent --max-time 5 --output /dev/null --write-out '%{exitcode}' https://${HOST}/`;

describe('a droplet with clients of S3, and buckets that its stack makes', () => {
  beforeAll(async () => {
    const progress = new Progress(() => {});
    await up({ name: NAME, port: 0, apply: 'direct', flows: 'stay', stack: STACK, progress });
  }, 15 * MINUTE);

  afterAll(() => down(NAME), MINUTE);

  /** A command on the droplet, with the key of one of its files. */
  const sh = async (key: string, command: string, input = ''): Promise<RunResult> => {
    const { droplets } = await ask<LabStatus>(NAME, 'GET', '/status');
    const words = [...enter(droplets[0]?.initPid ?? 0), 'sh', '-c', `. /root/${key}; ${command}`];
    return attempt(words, { input });
  };
  const boto = async (key: string, what: string) => {
    const { stdout, stderr } = await sh(key, `python3 - ${what}`, BOTO);
    return JSON.parse(stdout || JSON.stringify(stderr));
  };
  const api = async (method: string, path: string): Promise<{ keys?: { access_key: string }[] }> => {
    const { apiUrl, deployToken } = await ask<LabAccess>(NAME, 'GET', '/access');
    const headers = { authorization: `Bearer ${deployToken}` };
    const answer = await fetch(`${apiUrl}/v2${path}`, { method, headers });
    return answer.status === 204 ? {} : ((await answer.json()) as object);
  };
  const fault = (kind: string) => ask(NAME, 'POST', '/spaces-fault', { kind });
  const mend = () => ask(NAME, 'POST', '/mend');

  test("Amazon's library sees what S3 promises, and the limits of its key", async () => {
    expect(await boto('writer', 'writers')).toEqual({
      put: 'ok',
      'put again': 'ok',
      'put if there is none': '412 PreconditionFailed',
      'other bucket': '403 AccessDenied',
      'read the other': '403 AccessDenied',
      'new bucket': '403 AccessDenied',
      versioning: '403 AccessDenied',
      'wrong secret': '403 SignatureDoesNotMatch',
      'by name of the bucket': 'two',
      versions: ['two', 'one'],
      deleted: '404 NoSuchKey',
      names: ['with space/ä+%2F=&'],
      presigned: 6_000_000,
      parts: 10_600_000,
      range: '0102',
      'races won': Array(10).fill(1),
    });
  });

  test('a key that may read can neither write nor delete', async () => {
    expect(await boto('reader', 'readers')).toEqual({
      list: 'ok',
      get: 'ok',
      put: '403 AccessDenied',
      delete: '403 AccessDenied',
      'delete many': '403 AccessDenied',
      'all buckets': '403 AccessDenied',
    });
  });

  test('restic backs up and restores, and notices an object that is damaged', async () => {
    const command = `set -e; ${RESTIC} init; ${RESTIC} backup /var/lib/dpkg; ${RESTIC} check --read-data; ${RESTIC} restore latest --target /root/back; diff -r /var/lib/dpkg /root/back/var/lib/dpkg`;
    expect(await sh('writer', command)).toMatchObject({ status: 0, stderr: '' });
    expect((await sh('reader', `${RESTIC} --no-lock snapshots`)).status).toBe(0);
    expect((await sh('reader', `${RESTIC} backup /etc/hostname`)).status).not.toBe(0);
    const { stdout } = await sh('writer', `${RESTIC} list packs --quiet`);
    const [pack = ''] = stdout.split('\n');
    await ask(NAME, 'POST', '/damage', { bucket: 'backups', key: `restic/data/${pack.slice(0, 2)}/${pack}` });
    expect((await sh('writer', `${RESTIC} check --read-data`)).status).not.toBe(0);
    await expect(ask(NAME, 'POST', '/damage', { bucket: 'backups', key: 'nothing' })).rejects.toThrow(
      'There is no object nothing in a bucket backups.',
    );
  });

  test('rclone and s3cmd carry files there and back', async () => {
    const remote = `:s3,provider=DigitalOcean,env_auth,no_check_bucket,endpoint=${HOST}:backups/rclone`;
    const s3cmd = `s3cmd --quiet --host=${HOST} --host-bucket='%(bucket)s.${HOST}'`;
    const command = `set -e
      rclone --config= copy /usr/bin/restic '${remote}'; rclone --config= cat '${remote}/restic' | cmp - /usr/bin/restic
      ${s3cmd} put /usr/bin/restic s3://backups/s3cmd; ${s3cmd} get --force s3://backups/s3cmd /root/s3cmd; cmp /root/s3cmd /usr/bin/restic`;
    expect(await sh('writer', command)).toMatchObject({ status: 0, stderr: '' });
  });

  test('it fails as it is told, and is as before when that is mended', async () => {
    await fault('dead');
    expect((await sh('writer', CURL)).stdout).toBe('7');
    await fault('hang');
    expect((await sh('writer', CURL)).stdout).toBe('28');
    await fault('403');
    expect(await boto('writer', 'one')).toEqual({ get: '403 AccessDenied' });
    await fault('full');
    expect(await boto('writer', 'one')).toEqual({ get: 'ok' });
    expect(await boto('writer', 'write')).toEqual({ put: '403 QuotaExceeded' });
    expect((await ask<LabStatus>(NAME, 'GET', '/status')).faults).toEqual(['spaces: full']);
    await mend();
    expect(await boto('writer', 'one')).toEqual({ get: 'ok' });
  });

  test('packets to it are lost where they are cut', async () => {
    await ask(NAME, 'POST', '/cut', { from: 'client:public', to: 'spaces' });
    expect((await sh('writer', CURL)).stdout).toBe('28');
    await mend();
    expect((await sh('writer', CURL)).stdout).toBe('0');
  });

  test('a key that was deleted opens nothing from then on', async () => {
    const { keys = [] } = await api('GET', '/spaces/keys?name=reader');
    await api('DELETE', `/spaces/keys/${keys[0]?.access_key}`);
    expect(await boto('reader', 'one')).toEqual({ get: '403 InvalidAccessKeyId' });
  });
});
