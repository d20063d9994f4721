/**
 * The versions of the providers, exact: a range takes tomorrow's release into a stack that runs, and with releases 2.82.0 to 2.85.0
 * of DigitalOcean's that meant a plan to replace every droplet; 2.73 to 2.75 could not delete them. These are the versions that
 * `npm run test:providers` passed with. To raise one change it here and run that: it applies, plans and destroys the default stack
 * with it, and puts the version into docs/results.md, where a test looks for it.
 */
export const PROVIDERS = {
  digitalocean: '2.99.1',
  cloudinit: '2.3.7',
  random: '3.7.2',
  tls: '4.1.0',
} as const;

/**
 * The versions of Terraform. 1.16.0 may replace the database's droplet the wrong way round and forget to destroy the old one
 * (https://github.com/hashicorp/terraform/issues/39076). From `locking` on a state in a bucket is locked by a file beside it.
 */
export const TERRAFORM = { least: '1.5.0', locking: '1.11.0', broken: ['1.16.0'] } as const;

/** What a stack needs, in Terraform's own words. */
export function requiredTerraform(least: string = TERRAFORM.least): string {
  return [`>= ${least}`, ...TERRAFORM.broken.map((version) => `!= ${version}`)].join(', ');
}
