import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { beforeEnd } from '../../lab/common/end-with-npm';
import { Progress } from '../../lab/common/progress';
import { attempt, run } from '../../lab/common/run';
import { enter } from '../../lab/droplet/enter';
import { inOverlay, OVERLAY_FOLDERS, type OverlayRoot } from '../../lab/image/chroot';
import { baseImage, packageLayer } from '../../lab/image/images';
import { ask } from '../../lab/instance/control-api';
import { down } from '../../lab/instance/down';
import type { LabStatus } from '../../lab/instance/lab';
import { up } from '../../lab/instance/up';
import { circumstances, table, writeSection } from '../bench/results';
import { DRIVERS, type Driver, PACKAGES } from './driver';

/** `npm run test:drivers`: each driver of docs/your-app.md from an app droplet of a lab to its MySQL, as Debian 13 has it or a registry. */

const LAB = 'drivers';
const IMAGE = 'debian-13-x64';
const APP = `node --require ts-node/register ${join(__dirname, '../stack/our-stack.ts')}`;
const FOLDER = '/driver';
/** Another name of the database, which its certificate does not have. */
const OTHER_NAME = 'other-name';

/** A cipher, as MySQL names it. */
const ENCRYPTED = /^(TLS_|ECDHE-)/;
/** A refusal because of the certificate: one for any other reason would prove nothing. */
const UNTRUSTED = /^refused: .*(certificate|hostname)/is;

const progress = new Progress((line) => process.stderr.write(`${line}\n`));

type Environment = Readonly<Record<string, string>>;

/** Where drivers run: Debian with their packages, in the network of an app droplet. */
class Place implements OverlayRoot {
  readonly directory = mkdtempSync(join(tmpdir(), 'scale-up-drivers-'));
  private readonly programs = join(this.directory, 'upper', FOLDER);

  private constructor(
    readonly layers: readonly string[],
    private readonly initPid: number,
  ) {}

  static async create(initPid: number, hosts: string): Promise<Place> {
    const options = { say: (line: string) => progress.say(line) };
    const place = new Place(
      [await packageLayer(IMAGE, 'drivers', PACKAGES, options), await baseImage(IMAGE, options)],
      initPid,
    );
    for (const folder of OVERLAY_FOLDERS) mkdirSync(join(place.directory, folder));
    cpSync(join(__dirname, 'program'), place.programs, { recursive: true });
    place.write('/etc/hosts', hosts);
    return place;
  }

  write(path: string, content: string): void {
    const file = join(this.directory, 'upper', path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, content);
  }

  build(command: readonly string[]): Promise<string> {
    return run(command, { cwd: this.programs });
  }

  run(command: readonly string[], env: Environment = {}) {
    const network = ['nsenter', `--target=${this.initPid}`, '--net', '--'];
    return attempt([...network, ...this.there(command, true)], { env, timeout: 60_000 });
  }

  install(command: readonly string[]): Promise<string> {
    return run(this.there(command, false));
  }

  private there(command: readonly string[], network: boolean): string[] {
    const folder = ['env', `--chdir=${FOLDER}`, `NODE_PATH=${FOLDER}/node_modules`];
    return inOverlay(this, [...folder, ...command], network);
  }

  end(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Why a driver can't be had here, such as a registry that lacks it; undefined when it can. */
async function obstacleTo(place: Place, { build, install }: Driver): Promise<string | undefined> {
  try {
    if (build) await place.build(build);
    if (install) await place.install(install);
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/[\s|]+/g, ' ').slice(0, 300);
  }
}

/** What a driver makes of the database: the cipher, or its refusal. */
async function connect(place: Place, { before, command }: Driver, env: Environment): Promise<string> {
  if (before) await place.run(['sh', '-ec', before], env);
  const { status, stdout, stderr } = await place.run(command, env);
  return status === 0 ? stdout.trim() : `refused: ${(stderr || stdout).trim()}`;
}

async function main(): Promise<void> {
  let place: Place | undefined;
  const end = async () => {
    place?.end();
    await down(LAB);
  };
  beforeEnd(end);
  try {
    await up({ name: LAB, port: 0, apply: 'direct', flows: 'stay', app: APP, progress });
    const { droplets } = await ask<LabStatus>(LAB, 'GET', '/status');
    const one = (name: string) => droplets.find((droplet) => droplet.name.endsWith(name));
    const [app, database] = [one('app-1'), one('database-1')];
    if (!app?.initPid || !database) throw new Error('The lab has no app droplet and database.');
    const read = (path: string) => run([...enter(app.initPid ?? 0), 'cat', path]);
    const env = Object.fromEntries(
      (await read('/etc/scale-up/secrets/app.env'))
        .trim()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    const hosts = `127.0.0.1 localhost\n${database.privateIp} ${env.DATABASE_HOST} ${OTHER_NAME}\n`;
    place = await Place.create(app.initPid, hosts);
    await test(place, env, await read(env.DATABASE_CA ?? ''));
  } finally {
    await end();
  }
}

async function test(place: Place, env: Environment, authority: string): Promise<void> {
  place.write(env.DATABASE_CA ?? '', authority);
  const other = '/etc/scale-up/another-ca.pem';
  place.write(other, await otherAuthority(place.directory));
  const otherName = {
    ...env,
    DATABASE_HOST: OTHER_NAME,
    DATABASE_URL: env.DATABASE_URL?.replace('@database:', `@${OTHER_NAME}:`) ?? '',
  };
  const rows: string[][] = [];
  const failed: string[] = [];
  for (const driver of DRIVERS) {
    progress.say(`Trying ${driver.name}`);
    const obstacle = await obstacleTo(place, driver);
    if (obstacle) {
      process.exitCode = 1;
      progress.say(`${driver.name}: not run: ${obstacle}`);
      rows.push([driver.name, '', `not run: ${obstacle}`, 'not run', 'not run']);
      continue;
    }
    const [version = ''] = (await place.run(driver.version)).stdout.trim().split('\n');
    const right = await connect(place, driver, env);
    const wrong = await connect(place, driver, { ...env, DATABASE_CA: other });
    const elsewhere = await connect(place, driver, otherName);
    const isVerified = ENCRYPTED.test(right) && [wrong, elsewhere].every((answer) => UNTRUSTED.test(answer));
    if (!isVerified) {
      failed.push(driver.name);
      progress.say(
        `${driver.name} (${version}): right: ${right}\nanother authority: ${wrong}\nanother name: ${elsewhere}`,
      );
    }
    rows.push([driver.name, version, right, ...[wrong, elsewhere].map((answer) => answer.slice(0, 7))]);
  }
  if (failed.length > 0) throw new Error(`Not as docs/your-app.md says: ${failed.join(', ')}.`);
  writeSection(
    'Drivers that verify MySQL',
    [
      '`npm run test:drivers`',
      `${circumstances()}. From an app droplet of a lab to its MySQL, with Debian 13's packages where there are some, by the lines of [your-app.md](your-app.md#how-a-driver-verifies-the-database). A refusal counts only if it names the certificate or the host name.`,
      table(['driver', 'version', 'with DATABASE_CA', 'with another authority', 'by another name'], rows),
    ].join('\n\n'),
  );
}

async function otherAuthority(folder: string): Promise<string> {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'];
  return run([
    ...['openssl', 'req', '-x509', '-days', '10', '-subj', '/CN=another authority', ...curve],
    ...['-keyout', join(folder, 'another.key')],
  ]);
}

new Command('npm run test:drivers')
  .description(
    'Boots a lab, and connects from an app droplet to its MySQL with each driver of docs/your-app.md.',
  )
  .action(main)
  .parseAsync()
  .catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
