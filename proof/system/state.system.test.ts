import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { copyOfProject, projectOf } from '../../__tests__/project-copy';
import { type Json, synth } from '../../__tests__/synth';
import { hasTerraform } from '../../__tests__/terraform';
import { Progress } from '../../lab/common/progress';
import { down } from '../../lab/instance/down';
import { up } from '../../lab/instance/up';
import type { SettingsInput } from '../../lib/settings';
import { eventually } from './test-lab';
import { type Said, said, Workstation } from './workstation';

const MINUTE = 60_000;
/** Seconds after which nothing more is hoped for, on a busy machine. */
const PATIENCE = 120;
const NAME = 'state-test';
const BUCKET = 'foobar-state';
const STATE = { bucket: BUCKET, region: 'fra1' } as const;
const WHO = `${userInfo().username}@${hostname()}`;
const LOCK_OF = `Who: +${WHO}[\\s\\S]*Created: +20\\d\\d-`;

/** What the settings make of where the state is. */
const backendOf = (settings: Partial<SettingsInput>) => synth(settings).terraform.backend;

/** A stack that needs no provider, with a state of its own, and a command that it runs when it is made. */
function small(
  name: string,
  { state, command = 'true' }: { state?: typeof STATE; command?: string },
): Record<string, Json> {
  const { s3, local } = backendOf(state ? { state } : {});
  const backend = s3
    ? { s3: { ...s3, key: s3.key.replace('scale-up', name) } }
    : { local: { path: local.path.replace('scale-up', name) } };
  const ran = { input: '${terraform_data.made.output}', provisioner: [{ 'local-exec': { command } }] };
  return {
    [name]: { terraform: { backend }, resource: { terraform_data: { made: { input: 'a' }, ran } } },
  };
}

const withTerraform = hasTerraform ? describe : describe.skip;
const notRun = hasTerraform ? '' : ' (not run: there is no terraform here)';

withTerraform(`Terraform's state in a bucket of Spaces${notRun}`, () => {
  const stackFolder = mkdtempSync(join(tmpdir(), 'scale-up-state-'));
  let home: Workstation;
  let api: (method: string, path: string, body: object) => Promise<Json>;

  beforeAll(async () => {
    const bucket = {
      name: BUCKET,
      region: STATE.region,
      versioning: [{ enabled: true }],
      force_destroy: true,
    };
    const stack = {
      provider: { digitalocean: [{}] },
      resource: { digitalocean_spaces_bucket: { state: bucket } },
    };
    writeFileSync(join(stackFolder, 'main.tf.json'), JSON.stringify(stack));
    const progress = new Progress(() => {});
    const { access } = await up({
      name: NAME,
      port: 0,
      apply: 'direct',
      flows: 'stay',
      stack: stackFolder,
      progress,
    });
    api = async (method, path, body) => {
      const headers = { authorization: `Bearer ${access.deployToken}`, 'content-type': 'application/json' };
      return (
        await fetch(`${access.apiUrl}/v2${path}`, { method, headers, body: JSON.stringify(body) })
      ).json();
    };
    const grants = [{ bucket: BUCKET, permission: 'readwrite' }];
    const { key } = await api('POST', '/spaces/keys', { name: 'state', grants });
    const spaces = { accessKey: key.access_key, secretKey: key.secret_key };
    home = await Workstation.set(NAME, { ...access, spaces });
  }, 12 * MINUTE);

  afterAll(async () => {
    home?.end();
    rmSync(stackFolder, { recursive: true, force: true });
    await down(NAME);
  }, MINUTE);

  /** Terraform in the folder of a stack, by the words of docs/environments.md. */
  const terraform = async (project: string, name: string, words: string): Promise<Said> =>
    said(
      await home.run(['sh', '-c', `terraform -chdir=cdktf.out/stacks/${name} ${words}`], {
        ...{ cwd: project, input: 'yes\n' },
      }),
    );

  /** The lines of `npm run check` about the state, once the store has answered all of it: this machine may be busy. */
  async function checked(): Promise<readonly string[]> {
    let lines: readonly string[] = [];
    await eventually(async () => {
      lines = await linesOfCheck();
      return !lines.some((line) => line.includes('no answer within'));
    }, PATIENCE);
    return lines;
  }

  async function linesOfCheck(): Promise<readonly string[]> {
    const project = copyOfProject();
    const main = join(project, 'main.ts');
    const settings = `domain: 'www.foobar.com', state: ${JSON.stringify(STATE)}`;
    writeFileSync(main, readFileSync(main, 'utf8').replace("domain: 'www.foobar.com'", settings));
    const lines = (await home.npm(project, 'check')).said.split('\n');
    return lines.filter((line) => / state: /.test(line));
  }

  test(
    'is kept from two deployments: the check says so',
    async () => {
      expect(await checked()).toEqual([
        'ok       state: foobar-state refuses a second writer: two deployments are kept apart',
        'ok       state: foobar-state keeps earlier versions',
      ]);
    },
    10 * MINUTE,
  );

  test(
    'is locked while somebody deploys: anybody else is told who that is and since when, and goes on afterwards',
    async () => {
      const stack = (folder: string) => {
        const command = `touch ${folder}/begun; until [ -e ${folder}/go ]; do sleep 0.2; done`;
        return projectOf(small('scale-up', { state: STATE, command }));
      };
      const [one, other] = [stack(stackFolder), stack(stackFolder)];
      const first = home.npm(one, 'deploy', '-auto-approve');
      await eventually(async () => existsSync(join(stackFolder, 'begun')), PATIENCE);
      const second = await home.npm(other, 'deploy', '-auto-approve');
      const [, problem] = await checked();
      writeFileSync(join(stackFolder, 'go'), '');
      expect(second.status).not.toBe(0);
      expect(second.said).toMatch(new RegExp(`Error acquiring the state lock[\\s\\S]*${LOCK_OF}`));
      expect(problem).toMatch(
        new RegExp(`^problem  state: is locked by ${WHO} since 20\\d\\d-.* \\(OperationTypeApply\\); wait`),
      );
      expect(await first).toMatchObject({ status: 0 });
      expect(await home.npm(other, 'deploy', '-auto-approve')).toEqual({ status: 0, said: 'No changes.\n' });
    },
    10 * MINUTE,
  );

  test(
    'stays locked by a deployment that was killed, until the lock is taken away by the id that is told, and lacks what that made last',
    async () => {
      const project = projectOf(small('killed', { state: STATE, command: 'kill -9 $PPID' }));
      expect((await home.npm(project, 'deploy', '-auto-approve')).status).not.toBe(0);
      projectOf(small('killed', { state: STATE }), project);
      const { status, said: refusal } = await home.npm(project, 'deploy', '-auto-approve');
      expect(status).not.toBe(0);
      const [, id] = /^ *ID: +(\S+)/m.exec(refusal) ?? [];
      expect(await terraform(project, 'killed', `force-unlock ${id}`)).toMatchObject({ status: 0 });
      const again = await home.npm(project, 'deploy', '-auto-approve');
      expect(again.status).toBe(0);
      expect(again.said).toMatch(/^2 to create, 0 to change, 0 to replace, 0 to destroy\./m);
    },
    10 * MINUTE,
  );

  test(
    'moves from a file to the bucket and back by one command each, and a deployment in between changes nothing',
    async () => {
      const project = projectOf(small('moved', {}));
      const file = join(project, 'terraform.moved.tfstate');
      const moves = async () => {
        await home.npm(project, 'synth');
        return terraform(project, 'moved', 'init -migrate-state');
      };
      const NOTHING = { status: 0, said: 'No changes.\n' };
      expect(await home.npm(project, 'deploy', '-auto-approve')).toMatchObject({ status: 0 });

      projectOf(small('moved', { state: STATE }), project);
      const unmoved = await home.npm(project, 'deploy', '-auto-approve');
      expect(unmoved.status).not.toBe(0);
      expect(unmoved.said).toMatch(/^terraform\.moved\.tfstate: is still here/);
      expect(await moves()).toMatchObject({ status: 0 });
      expect((await home.npm(project, 'diff')).said).toMatch(/^No changes\.\n/);
      rmSync(file);
      expect(await home.npm(project, 'deploy', '-auto-approve')).toEqual(NOTHING);

      projectOf(small('moved', {}), project);
      expect(await moves()).toMatchObject({ status: 0 });
      expect(existsSync(file)).toBe(true);
      expect(await home.npm(project, 'deploy', '-auto-approve')).toEqual(NOTHING);
    },
    10 * MINUTE,
  );
});
