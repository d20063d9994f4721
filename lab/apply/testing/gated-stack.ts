import type { Json } from './deployment';
import { REQUIRED_PROVIDERS } from './small-stack';

/**
 * A record, a command that looks at a release, and a record that waits for it. The command notes in the file `looked` of a folder that it
 * was run, and fails where that has a file `bad-<release>`.
 */
export function gatedStack(release: string, folder: string): Json {
  const record = (name: string) => ({
    domain: '${digitalocean_domain.zone.id}',
    type: 'TXT',
    name,
    value: release,
    ttl: 30,
  });
  return {
    terraform: { required_providers: { digitalocean: REQUIRED_PROVIDERS.digitalocean } },
    provider: { digitalocean: [{}] },
    resource: {
      digitalocean_domain: { zone: { name: 'example.org' } },
      digitalocean_record: {
        first: record('first'),
        second: { ...record('second'), depends_on: ['terraform_data.gate'] },
      },
      terraform_data: {
        gate: {
          triggers_replace: { release },
          depends_on: ['digitalocean_record.first'],
          provisioner: [
            {
              'local-exec': {
                command:
                  'echo "looks at $RELEASE in $ZONE"; echo $RELEASE >> "$FOLDER/looked"; test ! -e "$FOLDER/bad-$RELEASE"',
                environment: { RELEASE: release, ZONE: '${digitalocean_domain.zone.id}', FOLDER: folder },
                quiet: true,
              },
            },
          ],
        },
      },
    },
  };
}
