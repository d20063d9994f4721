import type { Api } from './api';
import { type Finding, ok, problem } from './finding';

export interface Account {
  readonly droplet_limit: number;
  readonly floating_ip_limit: number;
  readonly email: string;
  readonly email_verified: boolean;
  readonly status: string;
  readonly status_message: string;
}

/** Also for the checks that need its limits. */
export async function accountOf(api: Api): Promise<Account | undefined> {
  return (await api.get<{ account: Account }>('/account'))?.account;
}

export async function checkAccount(api: Api): Promise<Finding[]> {
  const account = await accountOf(api);
  if (account?.status !== 'active') {
    const why = account?.status_message ? `: ${account.status_message}` : '';
    return [problem('account', `is ${account?.status}${why}; DigitalOcean's support can tell more`)];
  }
  if (!account.email_verified) {
    return [
      problem(
        'account',
        `its address ${account.email} is not verified; follow the link in DigitalOcean's mail`,
      ),
    ];
  }
  return [ok('account', `is active, its address ${account.email} verified`)];
}
