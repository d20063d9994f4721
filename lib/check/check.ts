import { checkAccount } from './account';
import { checkAlertAddresses } from './alert';
import { type Api, Refusal } from './api';
import { checkBackupStore } from './backup-store';
import { checkDropletLimit, checkTags } from './droplet';
import { type Finding, problem, unknown } from './finding';
import { checkFirewalls, checkVolumes } from './names';
import { checkImages, checkRegions, checkSizes } from './offer';
import { checkReservedIps } from './reserved-ip';
import { checkSshKeys } from './ssh-key';
import { checkStateStore } from './state-store';
import type { Synthesized } from './synthesized';
import { checkReservedIpToken, writeScopes } from './token';
import { checkVpcs } from './vpc';
import { checkZones } from './zone';

/** One thing to look at: its name, the scopes that it takes, and how. */
interface Check {
  readonly subject: string;
  readonly scopes: string;
  readonly look: (api: Api, stack: Synthesized) => Promise<Finding[]>;
}

const CHECKS: readonly Check[] = [
  { subject: 'account', scopes: 'account:read', look: checkAccount },
  { subject: 'droplet limit', scopes: 'account:read and droplet:read', look: checkDropletLimit },
  { subject: 'tags', scopes: 'droplet:read and tag:read', look: checkTags },
  { subject: 'region', scopes: 'regions:read', look: checkRegions },
  { subject: 'sizes', scopes: 'sizes:read and regions:read', look: checkSizes },
  { subject: 'images', scopes: 'image:read', look: checkImages },
  { subject: 'VPC', scopes: 'vpc:read', look: checkVpcs },
  { subject: 'zone', scopes: 'domain:read', look: checkZones },
  { subject: 'Reserved IP', scopes: 'account:read and reserved_ip:read', look: checkReservedIps },
  { subject: 'volume', scopes: 'block_storage:read', look: checkVolumes },
  { subject: 'firewalls', scopes: 'firewall:read', look: checkFirewalls },
  { subject: 'SSH keys', scopes: 'ssh_key:read', look: checkSshKeys },
  { subject: 'alerts', scopes: 'account:read and monitoring:read', look: checkAlertAddresses },
];

/**
 * Whether the account has room and right for a stack: everything is looked at, nothing changed.
 *
 * @param reservedIpToken the API with the load balancers' token, where one is set
 * @param found is told each finding as soon as those before it are known
 * @returns whether nothing stands in the way
 * @throws UserError when the API is away or does not know the token
 */
export async function check(
  api: Api,
  reservedIpToken: Api | undefined,
  stack: Synthesized,
  found: (finding: Finding) => void,
): Promise<boolean> {
  const lookups = [
    ...CHECKS.map((one) => ({ ...one, look: () => one.look(api, stack) })),
    {
      subject: 'Reserved IP token',
      scopes: 'reserved_ip:update',
      look: () => checkReservedIpToken(reservedIpToken),
    },
    { subject: 'state', scopes: '', look: () => checkStateStore(stack.store) },
    { subject: 'backups', scopes: '', look: () => checkBackupStore(stack.backups, stack.deployed) },
    { subject: 'deploy token', scopes: '', look: async () => [writeScopes()] },
  ].map(attempt);
  // All are under way: one that fails must not be nobody's while another is waited for.
  const settled = Promise.allSettled(lookups);
  let isFine = true;
  for (const lookup of lookups) {
    for (const finding of await lookup) {
      isFine &&= finding.status !== 'problem';
      found(finding);
    }
  }
  await settled;
  return isFine;
}

async function attempt({
  subject,
  scopes,
  look,
}: Pick<Check, 'subject' | 'scopes'> & { look(): Promise<Finding[]> }) {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    if (error.status !== 403) {
      return [unknown(subject, `DigitalOcean's API answered ${error.status}: ${error.message}; try again`)];
    }
    return [problem(subject, `the token may not look; it needs ${scopes}`)];
  }
}
