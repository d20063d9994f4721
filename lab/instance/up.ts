import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BuiltInApply } from '../apply/built-in-apply';
import type { Deployer, PlannedChange, Target } from '../apply/deployer';
import { Spaces, type SpacesAccess } from '../apply/spaces';
import { Terraform, whyNoTerraform } from '../apply/terraform';
import { ahead } from '../common/ahead';
import { COMMAND } from '../common/command';
import { withLock } from '../common/lock';
import { Progress } from '../common/progress';
import { installNeeded, raiseLimits, whyNoLab } from '../common/requirements';
import { attempt } from '../common/run';
import { until } from '../common/until';
import { enter } from '../droplet/enter';
import { stateOf } from '../droplet/state-paths';
import { authorityAt, authorityLayers } from '../external/certificate-authority';
import { type RegistrySpec, registryLayers } from '../external/container-registry';
import { objectStoreLayers } from '../external/object-store/object-store';
import { baseImage } from '../image/images';
import { addFabric } from '../network/fabric';
import { checkLabName, fabricOf } from '../network/link-names';
import { inside } from '../network/namespace';
import { startProxy } from '../network/proxy';
import { type ContainerImage, containerImageOf } from '../stack/container-image';
import { type Declaration, lookUp, readDeclaration, saidBy } from '../stack/declaration';
import { type Answer, askSite, siteOf } from '../stack/site';
import { bucketsOf, needsSpaces } from '../stack/spaces';
import { folderOf, readStack, type Stack, type StackSource } from '../stack/stack';
import { imagesOf, whyUnsupported } from '../stack/unsupported';
import { ask } from './control-api';
import { clear, remains } from './down';
import { keepLogs, whereLogsAre } from './keep-logs';
import type { LabAccess, LabOptions, LabStatus } from './lab';
import { downRequest, lockOf, logFile, optionOf, processFile, runtimeOf } from './runtime-paths';

/** Longer than a droplet needs to install its packages from an archive that is slow today. Milliseconds. */
const PATIENCE = 10 * 60_000;

/** A start that is no longer wanted makes nothing new after so many milliseconds. */
const SETTLING = 1000;

/** With Terraform and the real providers as any user does it, or by the lab itself. */
export type Applier = 'terraform' | 'direct';

export interface UpOptions extends StackSource {
  readonly name: string;
  /** Of the machine's loopback, for the site. 0 is any free one. */
  readonly port: number;
  /** @default - terraform where its providers can be had, else direct */
  readonly apply?: Applier;
  readonly flows: 'stay' | 'cut';
  /** How long certificates are valid, in seconds. @default - 90 days */
  readonly lifetime?: number;
  /** Archive of the container image that the stack runs; `docker save` makes one. @default - it runs none */
  readonly image?: string;
  /** A path that answers 200 once nothing is missing. @default - what the stack's lab.json says */
  readonly ready?: string;
  readonly progress?: Progress;
  /** Ends the start. */
  readonly signal?: AbortSignal;
  /** Whether the lab outlives this process. @default false */
  readonly detached?: boolean;
}

/** What a running lab answers with. */
export interface Up {
  readonly access: LabAccess;
  readonly status: LabStatus;
  /** The front page, if the stack has a site. */
  readonly page?: string;
}

/** Starts a lab and deploys the stack onto it. When that fails nothing is left but its logs. */
export async function up(options: UpOptions): Promise<Up> {
  const { name, progress = new Progress() } = options;
  checkLabName(name);
  const reason = await whyNoLab();
  if (reason) {
    throw new Error(reason);
  }
  await installNeeded(progress.say);
  await raiseLimits(progress.say);
  const onWait = () => progress.say(`Waiting for who is starting the lab "${name}", or taking it down`);
  return withLock(lockOf(name), () => startOrClear(options, progress), { onWait, signal: options.signal });
}

async function startOrClear(options: UpOptions, progress: Progress): Promise<Up> {
  const { name, signal } = options;
  await refuseSecond(name, progress);
  await rm(downRequest(name), { force: true }); // of one that was killed
  const request = new AbortController();
  const watch = setInterval(() => {
    if (existsSync(downRequest(name)))
      request.abort(new Error(`The lab "${name}" was taken down while it started.`));
  }, 250);
  const unwanted = AbortSignal.any([request.signal, ...(signal ? [signal] : [])]);
  const starting = start({ ...options, signal: unwanted }, progress);
  try {
    return await Promise.race([starting, reasonOf(unwanted)]);
  } catch (error) {
    await Promise.race([starting.catch(() => {}), sleep(SETTLING)]);
    const folder = await keepLogs(name);
    await clear(name);
    if (folder && error instanceof Error) error.message += `\n${whereLogsAre(folder)}`;
    throw error;
  } finally {
    clearInterval(watch);
  }
}

/** Rejects when the signal comes, with its reason. */
function reasonOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

export interface ApplyOptions extends Omit<UpOptions, 'port' | 'flows' | 'image'> {
  /** Addresses of resources to replace though nothing about them changed. @default - none */
  readonly replace?: readonly string[];
  /** Addresses of the only resources to change, with all that they rest on. @default - every resource */
  readonly targets?: readonly string[];
}

/** Synthesizes the stack anew and applies it to a running lab. Resolves to what changed. */
export async function applyAgain(options: ApplyOptions): Promise<readonly PlannedChange[]> {
  const { name } = options;
  const apply = appliedBy(name);
  if (options.apply && options.apply !== apply) {
    throw new Error(
      `The state of this lab is of --apply ${apply}: what is applied now has to be applied so, too.`,
    );
  }
  const access = await ask<LabAccess>(name, 'GET', '/access');
  const { stack, declaration } = await read(options);
  await howToApply({ ...options, apply }, stack, declaration);
  if (needsSpaces(stack, saidBy(stack)) && !access.spaces) {
    throw new Error(
      'The stack now keeps objects in Spaces, and this lab was started without it: `down` ends it, and up starts one that has it.',
    );
  }
  const image = containerImageOf(declaration, saidBy(stack));
  if (image && image.registry.host !== access.registry) {
    throw new Error(
      `The stack now runs ${image.reference}, and this lab was started without that registry: \`down\` ends it, and up with --image FILE starts one that has it.`,
    );
  }
  return deploy({ ...options, apply }, access, stack, declaration);
}

/** Destroys all that the state of a running lab has. Objects stay in their buckets. */
export async function destroy(options: ApplyOptions): Promise<void> {
  const { name } = options;
  const access = await ask<LabAccess>(name, 'GET', '/access');
  const { stack } = await read(options);
  await withDeployer({ ...options, apply: appliedBy(name) }, access, stack, (deployer) => deployer.destroy());
}

const appliedBy = (name: string): Applier =>
  existsSync(join(stateOf(name), 'direct')) ? 'direct' : 'terraform';

async function refuseSecond(name: string, { say }: Progress): Promise<void> {
  const alive = await ask<LabStatus>(name, 'GET', '/status').catch(() => undefined);
  if (alive) {
    throw new Error(
      `A lab named "${name}" is running already. End it with \`${COMMAND} down${optionOf(name)}\`, or give this one another --name and --port.`,
    );
  }
  if (await remains(name)) {
    say('Clearing away what an earlier lab left behind');
    await clear(name);
  }
}

/** The stack and what it says of itself. */
async function read(options: ApplyOptions): Promise<{ stack: Stack; declaration: Declaration }> {
  const stack = await readStack(options, join(stateOf(options.name), 'cdktf.out'));
  return { stack, declaration: await readDeclaration(folderOf(options)) };
}

/**
 * Who applies the stack.
 *
 * @throws one sentence when that can't be, or the lab can't run the stack
 */
async function howToApply(options: ApplyOptions, stack: Stack, declaration: Declaration): Promise<Applier> {
  const { name, apply, progress: { say } = new Progress() } = options;
  const sources = { configuration: stack.configuration, folder: join(stateOf(name), 'terraform') };
  const obstacle = apply === 'direct' ? 'As --apply direct says' : await whyNoTerraform(sources);
  if (apply === 'terraform' && obstacle) {
    throw new Error(`${obstacle}. With --apply direct the lab applies the stack itself.`);
  }
  const reason = whyUnsupported(stack, declaration, obstacle !== undefined);
  if (reason) throw new Error(reason);
  say(
    obstacle
      ? `${obstacle}: the lab applies the stack itself`
      : 'Terraform applies the stack, with the real providers',
  );
  return obstacle ? 'direct' : 'terraform';
}

async function start(options: UpOptions, progress: Progress): Promise<Up> {
  const { name, port } = options;
  const { say } = progress;
  await mkdir(runtimeOf(name), { recursive: true, mode: 0o700 });
  await mkdir(stateOf(name), { recursive: true, mode: 0o700 });
  const { stack, declaration } = await read(options);
  const { tokens, images, serverStates } = declaration;
  say(`Stack "${stack.name}" is read`);
  const apply = await howToApply(options, stack, declaration);
  const said = saidBy(stack);
  const image = checked(containerImageOf(declaration, said), options.image);
  const directory = lookUp(declaration.certificateAuthority, said);
  const authority = directory === undefined ? undefined : authorityAt(directory);
  const spaces = needsSpaces(stack, said);
  const listeners = { site: await listenOnLoopback(port), api: await listenOnLoopback(0) };
  await Promise.all([
    ...imagesOf(stack, declaration).map((slug) => baseImage(slug, { say })),
    image && registryLayers({ say }),
    authority && authorityLayers({ say }),
    spaces && objectStoreLayers({ say }),
  ]);
  say('Images are ready');
  const external = {
    registry: image && registryOf(image, declaration),
    authority,
    lifetime: options.lifetime,
    spaces,
  };
  const site = siteOf(stack);
  await startProcess(options, listeners, { site, external, tokens, images, serverStates });
  say("DigitalOcean's API, network, name servers and metadata are running");
  const access = await ask<LabAccess>(name, 'GET', '/access');
  if (image) await pushImage(name, options.image ?? '', image.reference, progress);
  await deploy({ ...options, apply, progress }, access, stack, declaration);
  const page = await untilReady(access, { ...declaration, ...options }, progress);
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
      `The stack runs no container image, so ${archive} has no use: let it run one, or leave --image out.`,
    );
  }
  return image;
}

/** The registry as the stack sees it: with a login, if it has a user there. */
function registryOf({ registry, username }: ContainerImage, { registryLogin }: Declaration): RegistrySpec {
  if (!username || !registryLogin) return registry;
  const password = userVariables()[registryLogin.password];
  if (!password) {
    throw new Error(`TF_VAR_${registryLogin.password}: it has no value; set this environment variable`);
  }
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

function deploy(
  options: ApplyOptions & { readonly apply: Applier },
  access: LabAccess,
  stack: Stack,
  declaration: Declaration,
): Promise<readonly PlannedChange[]> {
  return withDeployer(options, access, stack, async (deployer, spaces) => {
    for (const { region, name: bucket } of spaces ? bucketsOf(declaration, saidBy(stack)) : [])
      await new Spaces(spaces).ensureBucket(region, bucket);
    return (await deployer.apply()).changes;
  });
}

async function withDeployer<Result>(
  {
    name,
    apply,
    replace,
    targets,
    progress: { say } = new Progress(),
  }: ApplyOptions & { readonly apply: Applier },
  access: LabAccess,
  stack: Stack,
  use: (deployer: Deployer, spaces: SpacesAccess | undefined) => Promise<Result>,
): Promise<Result> {
  const proxy = await startProxy(name);
  const spaces = access.spaces && { proxy: proxy.url, ...access.spaces };
  const target: Target = {
    configuration: stack.configuration,
    api: { url: access.apiUrl, token: access.deployToken },
    variables: { ...userVariables(), ...access.variables },
    replace,
    targets,
    environment: { http_proxy: proxy.url },
    spaces,
    folder: join(stateOf(name), apply),
    onProgress: say,
  };
  const deployer = apply === 'direct' ? new BuiltInApply(target) : new Terraform(target);
  try {
    return await use(deployer, spaces);
  } finally {
    proxy.close();
  }
}

/**
 * Waits until the stack is ready. One with a site is asked, first for the front page, then for the path that it declares; of any other
 * one every droplet has to be set up.
 *
 * @returns the front page
 */
async function untilReady(
  { site }: LabAccess,
  { name, ready }: Pick<UpOptions, 'name' | 'ready'>,
  { say }: Progress,
): Promise<string | undefined> {
  say('Droplets are installing their packages');
  if (site.domain === undefined && ready === undefined) {
    await untilSetUp(name);
    say('Every droplet is set up');
    return undefined;
  }
  const deadline = Date.now() + PATIENCE;
  const answers = (path: string, isGood: (answer: Answer) => boolean) =>
    untilAnswer(() => askSite(site, path, { verify: false }), isGood, deadline);
  // Whatever an application says: only a 5xx means that it isn't there.
  await answers('/', ({ status }) => status < 500);
  say('The front page answers');
  if (ready !== undefined) {
    await answers(ready, ({ status }) => status === 200);
    say(`Nothing is missing: ${ready} answers 200`);
  }
  return (await askSite(site, '/')).text;
}

/** @throws one sentence when cloud-init failed on a droplet, or is not done in time */
async function untilSetUp(name: string): Promise<void> {
  const { droplets } = await ask<LabStatus>(name, 'GET', '/status');
  const waits = droplets.map(async ({ name: droplet, initPid = 0 }) => {
    const command = [...enter(initPid), 'cloud-init', 'status', '--wait'];
    const { status } = await attempt(command, { timeout: PATIENCE });
    // 2 is a mistake that cloud-init could pass over.
    if (status !== 0 && status !== 2) {
      throw new Error(`cloud-init failed on ${droplet}; /var/log/cloud-init-output.log there says why.`);
    }
  });
  await Promise.all(waits);
}

async function untilAnswer(
  ask: () => Promise<Answer>,
  isGood: (answer: Answer) => boolean,
  deadline: number,
): Promise<void> {
  let last = 'no answer';
  const isSo = async () => {
    const answer = await ask().catch((error: Error) => error);
    last = answer instanceof Error ? answer.message : `${answer.status} ${answer.text}`;
    return !(answer instanceof Error) && isGood(answer);
  };
  const otherwise = () => `The stack does not serve after ${PATIENCE / 60_000} minutes: ${last.trim()}`;
  await until(isSo, { within: deadline - Date.now(), otherwise, pause: 250 });
}

async function startProcess(
  { name, flows, signal, detached = false }: UpOptions,
  listeners: { site: Server; api: Server },
  needs: Omit<LabOptions, 'name' | 'flows' | 'listeners'>,
): Promise<void> {
  signal?.throwIfAborted();
  await addFabric(name);
  signal?.throwIfAborted();
  const log = openSync(logFile(name), 'a', 0o600);
  // This machine's network, of which the lab's process knows only what it is handed.
  const network = openSync('/proc/self/ns/net', 'r');
  const [command = '', ...args] = ahead([...inside(fabricOf(name)), ...program('process', name, flows)]);
  const child = spawn(command, args, { ...ALONE, stdio: ['ignore', log, log, 'ipc', network] });
  writeFileSync(processFile(name), String(child.pid));
  if (!detached) {
    const [node = '', ...words] = program('keeper', name, String(process.pid));
    spawn(node, words, { ...ALONE, stdio: ['ignore', log, log] }).unref();
  }
  for (const file of [log, network]) closeSync(file);
  child.send(needs, listeners.site);
  child.send(needs, listeners.api);
  await untilListening(child, name);
  listeners.site.close();
  listeners.api.close();
  child.unref();
}

/** Of what goes on when this process ends. */
const ALONE = { cwd: resolve(__dirname, '../..'), detached: true } as const;

/** The words that start a program of this folder: TypeScript in the repository, JavaScript in the package. */
function program(name: string, ...words: readonly string[]): string[] {
  const extension = extname(__filename);
  const loader = extension === '.ts' ? ['--require', 'ts-node/register'] : [];
  return [process.execPath, ...loader, join(__dirname, `${name}${extension}`), ...words];
}

async function untilListening(child: ChildProcess, name: string): Promise<void> {
  const died = once(child, 'exit').then(([status]) => {
    throw new Error(`The lab's process ended with ${status} before it was ready; ${logFile(name)} says why.`);
  });
  const [message] = await Promise.race([once(child, 'message'), died]);
  if (message.problem) {
    throw new Error(message.problem);
  }
  const answers = () => ask(name, 'GET', '/status').catch(() => undefined);
  const otherwise = `The lab's process does not answer; ${logFile(name)} says why.`;
  await until(answers, { within: 30_000, otherwise, pause: 20 });
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
