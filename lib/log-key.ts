import { Password } from '@cdktf/provider-random/lib/password';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';

/**
 * Reference to the key of the deployment: who holds it may read what a droplet's log says last. Each droplet has it, and each gate, which
 * prints the lines when it gives up. One for the stack.
 */
export function logKey(scope: Construct): string {
  const stack = TerraformStack.of(scope);
  const existing = stack.node.tryFindChild('log-key') as Password | undefined;
  return (existing ?? new Password(stack, 'log-key', { length: 64, special: false })).result;
}
