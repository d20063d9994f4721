import { badRequest } from '../server/errors';

/** How the account is, as far as accounts differ. */
export interface AccountOptions {
  /** @default 5000, wider than a new account's 3, 10 or 25, so that a drill never meets it by accident. DigitalOcean raises it on request */
  dropletLimit: number;
  /** @default 100, where DigitalOcean has 3 */
  readonly reservedIpLimit: number;
  /** The addresses that are verified, so that alerts may go there; the account's own is lab@example.com. @default any */
  readonly verifiedEmails?: readonly string[];
  /** Regions and sizes that are not to be had for now. @default none */
  readonly soldOut: readonly string[];
  /** Nothing was ever made in it: no region has its default VPC. @default false */
  readonly isNew: boolean;
  /** @default 'active' */
  readonly status: 'active' | 'warning' | 'locked';
}

/** Fills in the defaults. */
export function accountOptions(given: Partial<AccountOptions> = {}): AccountOptions {
  const { dropletLimit = 5000, reservedIpLimit = 100, verifiedEmails } = given;
  const { soldOut = [], isNew = false, status = 'active' } = given;
  return { dropletLimit, reservedIpLimit, verifiedEmails, soldOut, isNew, status };
}

/** The account's own address. */
export const EMAIL = 'lab@example.com';

export const isVerified = ({ verifiedEmails }: AccountOptions, email: string) =>
  verifiedEmails?.includes(email) ?? true;

/** @throws 400 for the first address that alerts may not go to */
export function refuseUnverified(
  account: AccountOptions,
  field: string,
  emails: readonly string[] | null | undefined,
): void {
  for (const [index, email] of (emails ?? []).entries())
    if (!isVerified(account, email))
      throw badRequest(`invalid value for field '${field}[${index}]': invalid email '${email}'`);
}
