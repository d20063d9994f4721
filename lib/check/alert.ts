import { accountOf } from './account';
import type { Api } from './api';
import { type Finding, ok, unknown } from './finding';
import type { Synthesized } from './synthesized';

interface Policy {
  readonly alerts: { readonly email: readonly string[] | null };
}

/** Alerts may go to verified addresses of the team only, and the API lists these nowhere: some can be told all the same. */
export async function checkAlertAddresses(api: Api, { needs: { emails } }: Synthesized): Promise<Finding[]> {
  if (emails.length === 0) {
    return [ok('alerts', 'no address is set, so that nobody is told')];
  }
  const [account, policies] = await Promise.all([
    accountOf(api),
    api.all<Policy>('/monitoring/alerts', 'policies'),
  ]);
  const inUse = policies.flatMap(({ alerts }) => alerts.email ?? []);
  const known = [...inUse, ...(account?.email_verified ? [account.email] : [])];
  return emails.map((email) =>
    known.includes(email)
      ? ok('alerts', `${email} is verified`)
      : unknown(
          'alerts',
          `whether ${email} is verified can't be seen; an address that isn't fails the deploy near its end: it must be a member's of the team (control panel, Settings, Team)`,
        ),
  );
}
