import { TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';

/** A reference to a sensitive variable, which TF_VAR_<name> sets. It becomes a line of a file, hence it must be one. */
export function secretVariable(scope: Construct, name: string, description: string): string {
  const variable = new TerraformVariable(scope, name, {
    type: 'string',
    description,
    sensitive: true,
    nullable: false,
    validation: [
      {
        condition: `\${can(regex("^[ -~]+$", var.${name}))}`,
        errorMessage: `Set TF_VAR_${name} to one line of printable ASCII; base64 makes one of anything else.`,
      },
    ],
  });
  variable.overrideLogicalId(name);
  return variable.stringValue;
}
