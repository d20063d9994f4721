import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { COMMAND } from '../common/command';
import { withLock } from '../common/lock';
import { Progress } from '../common/progress';
import { installNeeded, raiseLimits, whyNoLab } from '../common/requirements';
import { stateOf } from '../droplet/state-paths';
import { authorityAt, authorityLayers } from '../external/certificate-authority';
import { type RegistrySpec, registryLayers } from '../external/container-registry';
import { objectStoreLayers } from '../external/object-store/object-store';
import { baseImage } from '../image/images';
import { checkLabName } from '../network/link-names';
import { type ContainerImage, checked, containerImageOf } from '../stack/container-image';
import { type Declaration, lookUp, saidBy } from '../stack/declaration';
import { siteOf } from '../stack/site';
import { needsSpaces } from '../stack/spaces';
import { imagesOf } from '../stack/unsupported';
import { ask } from './control-api';
import { type ApplyOptions, deploy, howToApply, readDeclared, userVariables } from './deploy';
import { clear, remains } from './down';
import { keepLogs, whereLogsAre } from './keep-logs';
import type { LabAccess, LabStatus } from './lab';
import { untilReady } from './readiness';
import { downRequest, lockOf, optionOf, runtimeOf } from './runtime-paths';
import { listenOnLoopback, type ProcessOptions, startProcess } from './start-process';

/** A start that is no longer wanted makes nothing new after so many milliseconds. */
const SETTLING = 1000;

export interface UpOptions extends Omit<ApplyOptions, 'replace' | 'targets'>, ProcessOptions {
  /** Of the machine's loopback, for the site. 0 is any free one. */
  readonly port: number;
  /** How long certificates are valid, in seconds. @default - 90 days */
  readonly lifetime?: number;
  /** Archive of the container image that the stack runs; `docker save` makes one. @default - it runs none */
  readonly image?: string;
  /** A path that answers 200 once nothing is missing. @default - what the stack's lab.json says */
  readonly ready?: string;
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

async function start(options: UpOptions, progress: Progress): Promise<Up> {
  const { name, port } = options;
  const { say } = progress;
  await mkdir(runtimeOf(name), { recursive: true, mode: 0o700 });
  await mkdir(stateOf(name), { recursive: true, mode: 0o700 });
  const { stack, declaration } = await readDeclared(options);
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
