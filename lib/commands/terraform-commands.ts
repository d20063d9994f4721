import { createInterface } from 'node:readline/promises';
import { UserError } from '../user-error';
import { adviceOn } from './advice';
import { Explained } from './explained';
import { inTheWay, leftOver } from './left-over';
import { linesOf } from './plan';
import { argumentsOf, type Command } from './program';
import { checkState, closeState, refuseUnmovedState } from './state';
import { choose, type Stack, synthesize } from './synthesis';
import { PlanFailed, Terraform } from './terraform';

const APPROVED = /^--?auto-approve$/;

/** `npm run synth`. */
export const synth: Command = {
  takes: '',
  does: 'writes the Terraform JSON of all stacks, or of one',
  run(args) {
    const [name] = argumentsOf(args, {}).positionals;
    const stacks = synthesized();
    for (const { file } of name === undefined ? stacks : [choose(stacks, name, 'synth')]) {
      console.log(`Written: ${file}`);
    }
    console.log('Next: npm run diff says what it would change at DigitalOcean, npm run deploy makes it so.');
  },
};

/**
 * `npm run diff`, `deploy`, `destroy`, `output`: synthesizes, and has Terraform do the rest. It is for every Node.js, the CDKTF command
 * line for those that its native part was built for.
 */
export const TERRAFORM_COMMANDS: Readonly<Record<string, Command>> = {
  diff: {
    takes: "[Terraform's options]",
    does: 'what Terraform would change',
    run: withStack('diff', async ({ folder }, args) => {
      const status = await new Terraform(folder).plan(args, async (plan) => {
        console.log(plan ? linesOf(plan).join('\n') : 'No changes.');
        return plan ? 2 : 0;
      });
      console.log(`Every line of it: terraform -chdir=${folder} plan`);
      if (args.some((arg) => /^--?detailed-exitcode$/.test(arg))) process.exitCode = status;
    }),
  },

  deploy: {
    takes: "[-auto-approve] [Terraform's options]",
    does: 'shows what would change, asks, and changes it',
    run: withStack('deploy', async (stack, args) => {
      for (const line of await leftOver(stack)) console.warn(`Warning (${stack.name}): ${line}`);
      await change(stack, args, 'Deploy this?').catch(async (error) => {
        if (error instanceof Explained) for (const line of await inTheWay(stack)) console.error(line);
        throw error;
      });
    }),
  },

  destroy: {
    takes: "[-auto-approve] [Terraform's options]",
    does: 'shows what would go, asks, and takes it down',
    run: withStack('destroy', (stack, args) => change(stack, ['-destroy', ...args], 'Destroy all this?')),
  },

  output: {
    takes: "[Terraform's options]",
    does: 'what the deployed stack says of itself',
    run: withStack('output', ({ folder }, args) => new Terraform(folder).tell(['output', ...args])),
  },
};

/** A command for the stack that its first argument names, or the only one; the rest is Terraform's. */
function withStack(
  command: string,
  action: (stack: Stack, args: readonly string[]) => Promise<void>,
): Command['run'] {
  return async (args) => {
    const stacks = synthesized();
    const [first] = args;
    const name = first?.startsWith('-') ? undefined : first;
    const stack = choose(stacks, name, command);
    process.umask(0o077); // what Terraform writes from here on is this user's alone
    closeState(stack);
    await checkState(stack);
    if (command === 'deploy' || command === 'destroy') refuseUnmovedState(stack);
    try {
      await new Terraform(stack.folder).init();
      await action(stack, name === undefined ? args : args.slice(1));
    } catch (error) {
      if (error instanceof PlanFailed) for (const line of adviceOn(error.reason, stack)) console.error(line);
      throw error;
    } finally {
      closeState(stack);
    }
  };
}

/** All stacks, and what is to be said about them. */
function synthesized(): readonly Stack[] {
  const stacks = synthesize();
  for (const { name, warnings } of stacks) {
    for (const warning of warnings) console.warn(`Warning (${name}): ${warning}`);
  }
  return stacks;
}

async function change({ folder }: Stack, args: readonly string[], question: string): Promise<void> {
  const terraform = new Terraform(folder);
  const approved = args.some((arg) => APPROVED.test(arg));
  const rest = args.filter((arg) => !APPROVED.test(arg));
  await terraform.plan(rest, async (plan, file) => {
    if (!plan) return console.log('No changes.');
    console.log(linesOf(plan).join('\n'));
    if (!approved) await confirm(question);
    await terraform.tell(['apply', '-input=false', file]);
  });
}

async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new UserError(['There is no terminal to ask at: -- -auto-approve goes on without asking.']);
  }
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const stop = new AbortController();
  for (const end of ['SIGINT', 'close'] as const) lines.once(end, () => stop.abort());
  const answer = await lines.question(`${question} Only "yes" is taken: `, stop).catch(() => '');
  lines.close();
  if (answer.trim() !== 'yes') throw new UserError(['Nothing was changed.']);
}
