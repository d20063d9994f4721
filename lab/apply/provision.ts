import { dirname } from 'node:path';
import { attempt, RunError } from '../common/run';
import type { Block } from './configuration';
import type { Target } from './deployer';
import { evaluate, type Scope, toText } from './evaluate';
import { isObject } from './value';

/**
 * Runs the commands of a resource that has just been made, in the folder of the stack, and tells what they say.
 *
 * @throws RunError of the first that fails
 */
export async function provision(
  { address, provisioners }: Block,
  scope: Scope,
  { configuration, environment, onProgress }: Target,
): Promise<void> {
  for (const provisioner of provisioners) {
    const command = ['sh', '-c', toText(evaluate(provisioner.command, scope))];
    const variables = evaluate(provisioner.environment, scope);
    const own = Object.entries(isObject(variables) ? variables : {});
    const result = await attempt(command, {
      cwd: dirname(configuration),
      env: { ...environment, ...Object.fromEntries(own.map(([name, value]) => [name, toText(value)])) },
      onLine: (line) => onProgress?.(`${address} (local-exec): ${line}`),
    });
    if (result.status !== 0) throw new RunError(command, result);
  }
}
