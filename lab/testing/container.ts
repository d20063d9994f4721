import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { attempt, run } from '../common/run';
import { baseImage } from '../image/images';

const DOCKERFILE = join(__dirname, '../Dockerfile');
const [, USUAL_BASE = ''] = /^ARG NODE=(.*)$/m.exec(readFileSync(DOCKERFILE, 'utf8')) ?? [];

/** describe where there is podman and it may be used; elsewhere its tests are named as not run. */
export const describeWithPodman =
  process.getuid?.() === 0 && spawnSync('podman', ['--version']).status === 0
    ? describe
    : (name: string, tests: () => void) => describe.skip(`${name} (not run: needs podman and root)`, tests);

/** The image that lab/Dockerfile makes of a packed lab, and one container of it, which has no network but a loopback of its own. */
export class Container {
  readonly name = `digitalocean-lab-test-${process.pid}`;
  private readonly image = `localhost/${this.name}`;
  private readonly ownBase = `localhost/${this.name}-node`;

  /** @param context the folder with the packed file */
  async build(context: string): Promise<void> {
    const base = (await attempt(['podman', 'pull', '--quiet', USUAL_BASE])).status === 0;
    if (!base) await this.importBase();
    const authorities = process.env.NODE_EXTRA_CA_CERTS;
    const trust = authorities
      ? [`--env=NODE_EXTRA_CA_CERTS=${authorities}`, `--volume=${authorities}:${authorities}:ro`]
      : [];
    // Without a runtime of containers, which not every machine lets build.
    const how = ['--isolation=chroot', '--network=host', '--format=docker', '--quiet', ...trust];
    const what = [`--build-arg=NODE=${base ? USUAL_BASE : this.ownBase}`, `--file=${DOCKERFILE}`];
    await run(['podman', 'build', ...how, ...what, `--tag=${this.image}`, context]);
  }

  /** Where no registry can be reached: Debian 13 as droplets have it, with this machine's Node.js and npm. */
  private async importBase(): Promise<void> {
    const debian = await baseImage('debian-13-x64');
    const node = dirname(dirname(realpathSync(process.execPath)));
    process.stderr.write(`${USUAL_BASE} can't be had: the container is built on Debian 13 and ${node}\n`);
    const files = 'bin/node bin/npm lib/node_modules/npm';
    const tar = `tar --create --directory="$1" . --directory="$2" --transform='s,^\\(bin\\|lib\\)/,usr/local/&,' ${files}`;
    await run(['sh', '-c', `${tar} | podman import --quiet - "$3"`, 'sh', debian, node, this.ownBase]);
  }

  /** Starts the container with these variables. */
  async start(env: Readonly<Record<string, string>>): Promise<void> {
    const variables = Object.entries(env).map(([name, value]) => `--env=${name}=${value}`);
    // Podman asks systemd to look after health, and for more files than it may have itself.
    const plain = ['--no-healthcheck', '--ulimit=nofile=4096:4096', '--ulimit=nproc=4096:4096'];
    const how = ['--detach', `--name=${this.name}`, '--network=none', ...plain];
    await run(['podman', 'run', ...how, ...variables, this.image]);
  }

  /** What a command in the container says. */
  exec(...command: readonly string[]): Promise<string> {
    return run(['podman', 'exec', this.name, ...command]);
  }

  /** The command with which Docker would look after it. */
  async healthCheck(): Promise<string[]> {
    const inspect = ['podman', 'image', 'inspect', '--format={{json .HealthCheck}}', this.image];
    return JSON.parse(await run(inspect)).Test.slice(1);
  }

  /** Ends it as Docker does; the status it ends with. */
  async stop(): Promise<number> {
    await run(['podman', 'stop', this.name]);
    return Number(await run(['podman', 'inspect', '--format={{.State.ExitCode}}', this.name]));
  }

  /** Leaves nothing of it. */
  async remove(): Promise<void> {
    await attempt(['podman', 'rm', '--force', '--ignore', this.name]);
    await attempt(['podman', 'rmi', '--force', this.image, this.ownBase]);
  }
}
