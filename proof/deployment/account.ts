import type { AccountOptions } from '../../lab/api/account/account-options';
import { Deployment } from '../../lab/apply/testing/deployment';

/** Of every stack that is deployed here. */
const VARIABLES = {
  ...{ reserved_ip_token: 'token', STRIPE_KEY: 'key', registry_password: 'hush' },
  ...{ backup_recovery_password: 'mine', backup_access_key: 'key', backup_secret_key: 'hush' },
};

/** A new account, into which stacks can be deployed: it has an API, and droplets that never run. */
export async function openAccount(options?: Partial<AccountOptions>): Promise<Deployment> {
  const account = await Deployment.start(0, options);
  account.variables = VARIABLES;
  return account;
}
