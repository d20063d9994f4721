import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedChange, Target } from './apply/deployer';
import { Terraform } from './apply/terraform';
import { WithoutTerraform } from './apply/without-terraform';
import { authorityLayers, authorityOf } from './authority';
import { type ContainerImage, containerImageOf } from './container-image';
import { ask } from './control';
import { down, remains } from './down';
import { baseImage } from './droplet/images';
import { stateOf } from './droplet/paths';
import type { LabAccess, LabOptions, LabStatus } from './lab';
import { addFabric } from './network/fabric';
import { checkLabName, fabricOf } from './network/names';
import { inside } from './network/namespace';
import { logFile, optionOf, runtimeOf } from './places';
import { Progress } from './progress';
import { type RegistrySpec, registryLayers } from './registry';
import { type Answer, askSite, siteOf } from './site';
import { deploymentFiles } from './stack-environment';
import { type Stack, synthesize } from './synthesize';
import { installNeeded, whyNoLab } from './system';

/** Longer than a droplet needs to install its packages from an archive that is slow today. Milliseconds. */
const PATIENCE = 10 * 60_000;

/** With Terraform and the real providers as any user does it, or by the lab itself. */
export type How = 'terraform' | 'direct';

export interface UpOptions {
  readonly name: string;
  /** Of the machine's loopback, for the site. 0 is any free one. */
  readonly port: number;
  /** @default - terraform where its providers can be had, else direct */
  readonly apply?: How;
  readonly flows: 'stay' | 'cut';
  /** How long certificates are valid, in seconds. @default - 90 days */
  readonly lifetime?: number;
  /** The command that synthesizes. @default - the one in cdktf.json */
  readonly app?: string;
  /** Archive of the container image that the stack runs; `docker save` makes one. @default - it runs none */
  readonly image?: string;
  /** A path that answers 200 once nothing is missing. @default /-/redundancy */
  readonly whole?: string;
  readonly progress?: Progress;
}

/** What a running lab answers with. */
export interface Up {
  readonly access: LabAccess;
  readonly status: LabStatus;
  /** The front page, fetched through the whole chain. */
  readonly page: string;
}

/** Starts a lab and deploys the stack onto it. When that fails nothing is left. */
export async function up(options: UpOptions): Promise<Up> {
  const { name, progress = new Progress() } = options;
  checkLabName(name);
  const reason = await whyNoLab();
  if (reason) {
    throw new Error(reason);
  }
  await installNeeded(progress.say);
  await refuseSecond(name, progress);
  try {
    return await start(options, progress);
  } catch (error) {
    await down(name);
    throw error;
  }
}

export interface ApplyOptions extends Omit<UpOptions, 'port' | 'flows' | 'image'> {
  /** Addresses of resources to replace though nothing about them changed. @default - none */
  readonly replace?: readonly string[];
}

/** Synthesizes the stack anew and applies it to a running lab. Resolves to what changed. */
export async function applyAgain(options: ApplyOptions): Promise<readonly PlannedChange[]> {
  const { name, app } = options;
  const apply: How = existsSync(join(stateOf(name), 'direct')) ? 'direct' : 'terraform';
  if (options.apply && options.apply !== apply) {
    throw new Error(
      `The state of this lab is of --apply ${apply}: what is applied now has to be applied so, too.`,
    );
  }
  const access = await ask<LabAccess>(name, 'GET', '/access');
  const stack = await synthesize(join(stateOf(name), 'cdktf.out'), app);
  const image = containerImageOf(await deploymentFiles(stack));
  if (image && image.registry.host !== access.registry) {
    throw new Error(
      `The stack now runs ${image.reference}, and this lab was started without that registry: \`down\` ends it, and up with --image FILE starts one that has it.`,
    );
  }
  return deploy({ ...options, apply }, access, stack);
}

async function refuseSecond(name: string, { say }: Progress): Promise<void> {
  const alive = await ask<LabStatus>(name, 'GET', '/status').catch(() => undefined);
  if (alive) {
    throw new Error(
      `A lab named "${name}" is running already. End it with \`npm run lab -- down${optionOf(name)}\`, or give this one another --name and --port.`,
    );
  }
  if (await remains(name)) {
    say('Clearing away what an earlier lab left behind');
    await down(name);
  }
}

async function start(options: UpOptions, progress: Progress): Promise<Up> {
  const { name, port, app, whole = '/-/redundancy' } = options;
  const { say } = progress;
  const passages = { site: await listenOnLoopback(port), api: await listenOnLoopback(0) };
  await mkdir(runtimeOf(name), { recursive: true, mode: 0o700 });
  await mkdir(stateOf(name), { recursive: true, mode: 0o700 });
  const stack = await synthesize(join(stateOf(name), 'cdktf.out'), app);
  say(`Stack "${stack.name}" is synthesized`);
  const files = await deploymentFiles(stack);
  const image = checked(containerImageOf(files), options.image);
  const authority = authorityOf(files);
  await Promise.all([
    baseImage('debian-13-x64', { say }),
    baseImage('ubuntu-24-04-x64', { say }),
    image && registryLayers({ say }),
    authority && authorityLayers({ say }),
  ]);
  say('Images are ready');
  const outside = { registry: image && registryOf(image), authority, lifetime: options.lifetime };
  await startProcess(options, passages, { site: await siteOf(stack), outside });
  say("DigitalOcean's API, network, name servers and metadata are running");
  const access = await ask<LabAccess>(name, 'GET', '/access');
  if (image) await pushImage(name, options.image ?? '', image.reference, progress);
  await deploy({ ...options, progress }, access, stack);
  const page = await untilServing(access, whole, progress);
  return { access, status: await ask<LabStatus>(name, 'GET', '/status'), page };
}

/** The stack's image, if there is an archive for it: in a lab nothing can be pulled from the world. */
function checked(image: ContainerImage | undefined, archive: string | undefined): ContainerImage | undefined {
  if (image && !archive) {
    throw new Error(
      `The stack runs ${image.reference}, and a lab reaches no registry but its own: give the image with --image FILE, as \`docker save ${image.reference} --output FILE\` makes it.`,
    );
  }
  if (!image && archive) {
    throw new Error(
      `The stack runs no container image, so ${archive} has no use: set app.image, or leave --image out.`,
    );
  }
  return image;
}

/** The registry as the stack sees it: with a login, if it has a user there. */
function registryOf({ registry, username }: ContainerImage): RegistrySpec {
  if (!username) return registry;
  const password = userVariables().registry_password;
  if (!password) throw new Error('TF_VAR_registry_password: it has no value; set this environment variable');
  return { ...registry, login: { username, password } };
}

async function pushImage(name: string, archive: string, reference: string, { say }: Progress): Promise<void> {
  await ask(name, 'POST', '/push', { archive: resolve(archive), reference });
  say(`The lab's registry has ${reference}`);
}

/** Variables of the stack that the user has set, as Terraform reads them. */
function userVariables(): Record<string, string> {
  const variables = Object.entries(process.env).flatMap(([name, value = '']) =>
    name.startsWith('TF_VAR_') ? [[name.slice('TF_VAR_'.length), value]] : [],
  );
  return Object.fromEntries(variables);
}

async function deploy(
  { name, apply: how, replace, progress: { say } = new Progress() }: ApplyOptions,
  access: LabAccess,
  stack: Stack,
): Promise<readonly PlannedChange[]> {
  const target = (folder: How): Target => ({
    configuration: join(stack.directory, 'cdk.tf.json'),
    api: { url: access.apiUrl, token: access.deployToken },
    variables: { ...userVariables(), reserved_ip_token: access.reservedIpToken },
    replace,
    folder: join(stateOf(name), folder),
    onProgress: say,
  });
  const terraform = new Terraform(target('terraform'));
  const obstacle = how === 'direct' ? 'As --apply direct says' : await terraform.obstacle();
  if (how === 'terraform' && obstacle) {
    throw new Error(`${obstacle}. With --apply direct the lab applies the stack itself.`);
  }
  say(
    obstacle
      ? `${obstacle}: the lab applies the stack itself`
      : 'Terraform applies the stack, with the real providers',
  );
  const { changes } = await (obstacle ? new WithoutTerraform(target('direct')) : terraform).apply();
  return changes;
}

/** Waits until every droplet is set up: first for the front page, then for full redundancy, to which certificates belong. */
async function untilServing({ site }: LabAccess, whole: string, { say }: Progress): Promise<string> {
  const deadline = Date.now() + PATIENCE;
  say('Droplets are installing their packages');
  const asked = (path: string) => () => askSite(site, path, { verify: false });
  // Whatever an application says: only a 5xx means that it isn't there.
  await until(deadline, asked('/'), ({ status }) => status < 500);
  say('The front page answers, through the whole chain');
  await until(deadline, asked(whole), ({ status }) => status === 200);
  say(`Both load balancers${site.authority ? ', with their certificates,' : ''} and every server are up`);
  return (await askSite(site, '/')).text;
}

async function until(
  deadline: number,
  ask: () => Promise<Answer>,
  isGood: (answer: Answer) => boolean,
): Promise<void> {
  for (let last = 'no answer'; ; await sleep(250)) {
    const answer = await ask().catch((error: Error) => error);
    if (!(answer instanceof Error) && isGood(answer)) return;
    last = answer instanceof Error ? answer.message : `${answer.status} ${answer.text}`;
    if (Date.now() > deadline) {
      throw new Error(`The stack does not serve after ${PATIENCE / 60_000} minutes: ${last.trim()}`);
    }
  }
}

async function startProcess(
  { name, flows }: UpOptions,
  passages: { site: Server; api: Server },
  needs: Pick<LabOptions, 'site' | 'outside'>,
): Promise<void> {
  await addFabric(name);
  const log = openSync(logFile(name), 'a', 0o600);
  // This machine's network, of which the lab's process knows only what it is handed.
  const network = openSync('/proc/self/ns/net', 'r');
  const script = resolve(__dirname, 'process.ts');
  const [command = '', ...args] = [
    ...inside(fabricOf(name)),
    process.execPath,
    '--require',
    'ts-node/register',
    script,
  ];
  const child = spawn(command, [...args, name, flows], {
    cwd: resolve(__dirname, '..'),
    stdio: ['ignore', log, log, 'ipc', network],
    detached: true,
  });
  for (const file of [log, network]) closeSync(file);
  child.send(needs, passages.site);
  child.send(needs, passages.api);
  await untilReady(child, name);
  passages.site.close();
  passages.api.close();
  child.unref();
}

async function untilReady(child: ChildProcess, name: string): Promise<void> {
  const died = once(child, 'exit').then(([status]) => {
    throw new Error(`The lab's process ended with ${status} before it was ready; ${logFile(name)} says why.`);
  });
  const [message] = await Promise.race([once(child, 'message'), died]);
  if (message.problem) {
    throw new Error(message.problem);
  }
  while (
    !(await ask(name, 'GET', '/status').then(
      () => true,
      () => false,
    ))
  ) {
    await sleep(20);
  }
}

async function listenOnLoopback(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} of this machine is taken; choose another with --port.`)
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', done);
  });
  return server;
}
