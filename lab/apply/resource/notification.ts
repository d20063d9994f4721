import type { Type } from '../schema';
import type { Known } from '../value';

/** Whom an alert tells, in Terraform's words. */
export const notificationType: Type = {
  list: {
    object: { email: { list: 'string' }, slack: { list: { object: { channel: 'string', url: 'string' } } } },
  },
};

/** Whom an alert tells, in the API's words. */
export interface Notifications {
  readonly email: readonly string[] | null;
  readonly slack: readonly { readonly channel: string; readonly url: string }[] | null;
}

/** The one block that an alert has; like the provider, null stands for nobody. */
export function toApi(blocks: Known | undefined): Notifications {
  const [{ email, slack }] = blocks as unknown as [
    { email: string[]; slack: { channel: string; url: string }[] },
  ];
  return { email: email.length > 0 ? email : null, slack: slack.length > 0 ? slack : null };
}

/** The inverse of `toApi`. */
export function fromApi({ email, slack }: Notifications): Known {
  const channels = (slack ?? []).map(({ channel, url }) => ({ channel, url }));
  return [{ email: email ?? [], slack: channels }];
}
