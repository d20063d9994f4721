import { LocalBackend, S3Backend, type TerraformStack } from 'cdktf';
import { stateFile } from './state-file';
import type { StateSettings } from './state-settings';

/**
 * Where the state of a stack is: a file beside cdktf.json, or a Spaces bucket, of which `npm run check` says whether it keeps two
 * deployments apart. Its keys come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY).
 */
export function configureState(stack: TerraformStack, state: StateSettings): void {
  if (!state) {
    // Relative, so that the JSON is the same on every machine.
    new LocalBackend(stack, { path: stateFile(stack.node.id) });
    return;
  }
  new S3Backend(stack, {
    bucket: state.bucket,
    key: `${stack.node.id}.tfstate`,
    endpoints: { s3: `https://${state.region}.digitaloceanspaces.com` },
    usePathStyle: true,
    // Of Amazon's own; the signature needs the name of one.
    region: 'us-east-1',
    skipCredentialsValidation: true,
    skipMetadataApiCheck: true,
    skipRegionValidation: true,
    skipRequestingAccountId: true,
    skipS3Checksum: true,
  });
  // The binding is older than the option.
  stack.addOverride('terraform.backend.s3.use_lockfile', true);
}
