import { type IAspect, TerraformStack } from 'cdktf';
import type { IConstruct } from 'constructs';
import { violations } from './policy-rules';
import { UserError } from './user-error';

/** Stops a synthesis that would make a droplet without its protections, whoever adds it and wherever. */
export class Policy implements IAspect {
  /** @throws UserError with one sentence per broken rule */
  visit(node: IConstruct): void {
    if (!TerraformStack.isStack(node)) {
      return;
    }
    const found = violations(node.toTerraform());
    if (found.length > 0) {
      throw new UserError(found);
    }
  }
}
