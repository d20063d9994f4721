import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { attempt, RunError } from '../common/run';
import { SPACES_DOMAIN } from '../common/spaces-domain';
import type { Action, Applied, Deployer, PlannedChange, Target } from './deployer';
import { messageOf, Refusal } from './refusal';
import { isSame, type Known } from './value';

/** Milliseconds for fetching the providers (some 20 MB), which is either quick or not possible. */
const INIT_TIMEOUT = 90_000;

const PLAN = 'stack.plan';

const ENVIRONMENT = {
  CHECKPOINT_DISABLE: '1',
  TF_IN_AUTOMATION: '1',
  TF_WORKSPACE: undefined,
  TF_DATA_DIR: undefined,
};

/** What Terraform needs before there is anything to which it could apply a stack. */
type Sources = Pick<Target, 'configuration' | 'folder'>;

/** Why Terraform can't be used here, as one sentence; undefined when it can. Fetches the providers on the way. */
export async function whyNoTerraform(sources: Sources): Promise<string | undefined> {
  const { status } = await attempt(['terraform', 'version'], { env: ENVIRONMENT });
  if (status !== 0) return 'Terraform is not installed (no command "terraform" that runs)';
  try {
    await init(sources);
    return undefined;
  } catch (error) {
    return `Terraform can't fetch the providers, neither from its registry nor as TF_CLI_CONFIG_FILE says: ${messageOf(error)}`;
  }
}

/** Applies a synthesized stack as its users do: with Terraform and the real providers. Its state stays in the target's folder. */
export class Terraform implements Deployer {
  constructor(private readonly target: Target) {}

  async plan(): Promise<readonly PlannedChange[]> {
    await init(this.target);
    try {
      return await this.planned();
    } finally {
      this.forgetPlan();
    }
  }

  async apply(): Promise<Applied> {
    await init(this.target);
    try {
      const changes = await this.planned();
      await this.run('apply', PLAN);
      const outputs = JSON.parse(await this.terraform(['output', '-json'])) as Record<
        string,
        { value: Known }
      >;
      const values = Object.entries(outputs).map(([name, { value }]) => [name, value] as const);
      return { changes, outputs: Object.fromEntries(values) };
    } finally {
      this.forgetPlan();
    }
  }

  async destroy(): Promise<void> {
    await init(this.target);
    await this.run('destroy', '-auto-approve');
  }

  private async planned(): Promise<PlannedChange[]> {
    const { replace = [], targets = [] } = this.target;
    const limits = [
      ...replace.map((address) => `-replace=${address}`),
      ...targets.map((address) => `-target=${address}`),
    ];
    await this.run('plan', `-out=${PLAN}`, ...limits);
    const shown = await this.terraform(['show', '-json', PLAN]);
    const { resource_changes = [] } = JSON.parse(shown) as { resource_changes?: ResourceChange[] };
    return resource_changes
      .filter(({ mode }) => mode === 'managed')
      .map(({ address, change }) => ({ address, action: actionOf(change), because: because(change) }))
      .filter(({ action }) => action !== 'keep');
  }

  /** A plan holds every secret of the stack. */
  private forgetPlan(): void {
    rmSync(join(this.target.folder, PLAN), { force: true });
  }

  /** Runs a command that speaks of its steps as lines of JSON, and passes them on as text. */
  private async run(command: string, ...more: string[]): Promise<void> {
    const errors: string[] = [];
    const onLine = (line: string) => {
      const message = parse(line);
      if (message && /^(apply|provision)_/.test(message.type)) this.target.onProgress?.(message['@message']);
      const { severity, address, summary, detail } = message?.diagnostic ?? {};
      if (severity !== 'error') return;
      errors.push(
        `${address ? `${address}: ` : ''}${summary}${detail ? `: ${detail}` : ''}`.replace(/\s+/g, ' '),
      );
    };
    const line = ['terraform', command, '-json', '-input=false', ...more];
    const result = await attempt(line, { cwd: this.target.folder, env: this.environment(), onLine });
    if (errors.length > 0) throw new Refusal(errors);
    if (result.status !== 0) throw new RunError(line, result);
  }

  private terraform(args: readonly string[]): Promise<string> {
    return terraform(args, this.target.folder, this.environment());
  }

  /** Secrets go by environment, which only this user's processes can read; a command line anybody can. */
  private environment(): Record<string, string | undefined> {
    const { api, variables, environment, spaces } = this.target;
    return {
      ...environment,
      ...ENVIRONMENT,
      DIGITALOCEAN_API_URL: api.url,
      DIGITALOCEAN_TOKEN: api.token,
      ...(spaces && {
        SPACES_ENDPOINT_URL: `http://{{.Region}}.${SPACES_DOMAIN}`,
        SPACES_ACCESS_KEY_ID: spaces.accessKey,
        SPACES_SECRET_ACCESS_KEY: spaces.secretKey,
        http_proxy: spaces.proxy,
      }),
      ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [`TF_VAR_${name}`, value])),
    };
  }
}

async function init({ configuration, folder }: Sources): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  copyFileSync(configuration, join(folder, 'cdk.tf.json'));
  // Files that the stack refers to.
  const assets = join(dirname(configuration), 'assets');
  if (existsSync(assets)) cpSync(assets, join(folder, 'assets'), { recursive: true });
  // A stack names its own state, which may be that of its real deployment, and in a bucket.
  const backend = { local: { path: 'terraform.tfstate' } };
  writeFileSync(join(folder, 'backend_override.tf.json'), JSON.stringify({ terraform: { backend } }));
  const args = ['init', '-input=false', '-no-color', '-reconfigure'];
  await terraform(args, folder, ENVIRONMENT, INIT_TIMEOUT);
}

async function terraform(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
  timeout?: number,
): Promise<string> {
  const line = ['terraform', ...args];
  const result = await attempt(line, { cwd, env, timeout });
  if (result.status !== 0) throw new RunError(line, result);
  return result.stdout;
}

interface Message {
  readonly '@message': string;
  readonly type: string;
  readonly diagnostic?: {
    readonly severity?: string;
    readonly address?: string;
    readonly summary?: string;
    readonly detail?: string;
  };
}

interface ResourceChange {
  readonly address: string;
  readonly mode: string;
  readonly change: ChangeJson;
}

interface ChangeJson {
  readonly actions: readonly string[];
  readonly before: { readonly [name: string]: Known } | null;
  readonly after: { readonly [name: string]: Known } | null;
  readonly after_unknown: { readonly [name: string]: unknown } | boolean;
  readonly replace_paths?: readonly (readonly (string | number)[])[];
}

function actionOf({ actions }: ChangeJson): Action {
  if (actions.length === 2) return 'replace';
  const [action] = actions;
  return action === 'create' || action === 'update' || action === 'delete' ? action : 'keep';
}

function because({ actions, before, after, after_unknown, replace_paths }: ChangeJson): string[] {
  if (actions.length === 2) return (replace_paths ?? []).map(([name]) => String(name));
  if (!before || !after) return [];
  const unknown = typeof after_unknown === 'object' ? Object.keys(after_unknown) : [];
  const differs = (name: string) => !isSame(before[name] ?? null, after[name] ?? null);
  return [...new Set([...Object.keys(before).filter(differs), ...unknown.filter(differs)])];
}

function parse(line: string): Message | undefined {
  try {
    return JSON.parse(line) as Message;
  } catch {
    return undefined;
  }
}
