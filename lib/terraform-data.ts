import { type DataConfig, DataResource } from 'cdktf';
import type { Construct } from 'constructs';

/**
 * A value in Terraform's state. Of each of its own cdktf has the terraform program say its version whenever a stack is synthesized, which
 * fails where there is none; here the stack's `required_version` says it, to Terraform itself.
 */
export class TerraformData extends DataResource {
  constructor(scope: Construct, id: string, config: DataConfig) {
    super(scope, id, config);
    // What was added can't be taken back, and nothing else is.
    this.node.validate = () => [];
  }
}
