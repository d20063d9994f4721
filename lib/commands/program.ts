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
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new UserError([
      `${(error as Error).message.split('. ')[0]}; there are the name of a stack, ${known.join(' and ')}`,
    ]);
  }
}
