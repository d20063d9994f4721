import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UserError } from '../user-error';
import { Explained } from './explained';

/**
 * Runs what a command does with its arguments, and ends with the number that it resolves to, if any, as its status. What the user can mend is shown as a
 * sentence, without a stack trace.
 */
export function program(main: (args: readonly string[]) => unknown): void {
  new Promise((resolve) => resolve(main(process.argv.slice(2))))
    .then((status) => {
      if (typeof status === 'number') process.exitCode = status;
    })
    .catch((error) => {
      if (error instanceof UserError) console.error(error.message);
      else if (!(error instanceof Explained)) throw error;
      process.exitCode = error instanceof Explained ? error.status : 1;
    });
}

/** What `scale-up <name>` does; `npm run <name> -- ...` in this project. */
export interface Command {
  /** Behind the stack's name. */
  readonly takes: string;
  readonly does: string;
  /** What it resolves to, if a number, is the program's status. */
  readonly run: (args: readonly string[]) => unknown;
}

export const isHelp = (arg: string): boolean => /^(?:--?help|-h)$/.test(arg);

/** All commands, a line each. */
export function overview(commands: Readonly<Record<string, Command>>): string {
  const lines = Object.entries(commands).map(([name, { does }]) => `  npm run ${name.padEnd(8)} ${does}`);
  return [
    ...lines,
    '',
    'Behind `--` each takes the name of a stack, where there are several, and --help.',
  ].join('\n');
}

/** How one command is called. */
export function helpOf(name: string, { takes, does }: Command): string {
  return `npm run ${[`${name} -- [STACK]`, takes].join(' ').trim()}\n  ${does}`;
}

/**
 * A stack's name, if there is one, and options.
 *
 * @throws UserError for an option that there is not
 */
export function argumentsOf<T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
): ReturnType<typeof parseArgs<{ args: string[]; options: T; allowPositionals: true }>> {
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true });
    const [, second] = parsed.positionals;
    if (second !== undefined) throw new Error(`"${second}" is one argument too many`);
    return parsed;
  } catch (error) {
    const [what = ''] = (error as Error).message.split(/\.\s/);
    const known = ['the name of a stack', ...Object.keys(options).map((name) => `--${name}`)];
    throw new UserError([`${what}; there may be ${known.join(', ')}`]);
  }
}
