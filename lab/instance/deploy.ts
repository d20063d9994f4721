import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BuiltInApply } from '../apply/built-in-apply';
import type { Deployer, PlannedChange, Target } from '../apply/deployer';
import { Spaces, type SpacesAccess } from '../apply/spaces';
import { Terraform, whyNoTerraform } from '../apply/terraform';
import { Progress } from '../common/progress';
import { stateOf } from '../droplet/state-paths';
import { startProxy } from '../network/proxy';
import { containerImageOf } from '../stack/container-image';
import { type Declaration, readDeclaration, saidBy } from '../stack/declaration';
import { bucketsOf, needsSpaces } from '../stack/spaces';
import { folderOf, readStack, type Stack, type StackSource } from '../stack/stack';
import { whyUnsupported } from '../stack/unsupported';
import { ask } from './control-api';
import type { LabAccess } from './lab';

/** With Terraform and the real providers as any user does it, or by the lab itself. */
export type Applier = 'terraform' | 'direct';

export interface ApplyOptions extends StackSource {
  /** Of the lab. */
  readonly name: string;
  /** @default - terraform where its providers can be had, else direct */
  readonly apply?: Applier;
  /** Addresses of resources to replace though nothing about them changed. @default - none */
  readonly replace?: readonly string[];
  /** Addresses of the only resources to change, with all that they rest on. @default - every resource */
  readonly targets?: readonly string[];
  readonly progress?: Progress;
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
  const { stack, declaration } = await readDeclared(options);
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
  const { stack } = await readDeclared(options);
  await withDeployer({ ...options, apply: appliedBy(name) }, access, stack, (deployer) => deployer.destroy());
}

const appliedBy = (name: string): Applier =>
  existsSync(join(stateOf(name), 'direct')) ? 'direct' : 'terraform';

/** The stack and what it says of itself. */
export async function readDeclared(
  options: ApplyOptions,
): Promise<{ stack: Stack; declaration: Declaration }> {
  const stack = await readStack(options, join(stateOf(options.name), 'cdktf.out'));
  return { stack, declaration: await readDeclaration(folderOf(options)) };
}

/**
 * Who applies the stack.
 *
 * @throws one sentence when that can't be, or the lab can't run the stack
 */
export async function howToApply(
  options: ApplyOptions,
  stack: Stack,
  declaration: Declaration,
): Promise<Applier> {
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

/** Applies the stack, as it has to be applied, with its buckets made before. Resolves to what changed. */
export function deploy(
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

/** Variables of the stack that the user has set, as Terraform reads them. */
export function userVariables(): Record<string, string> {
  const variables = Object.entries(process.env).flatMap(([name, value = '']) =>
    name.startsWith('TF_VAR_') ? [[name.slice('TF_VAR_'.length), value]] : [],
  );
  return Object.fromEntries(variables);
}
