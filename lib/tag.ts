import { ROLES, type Role } from './role';
import type { Settings } from './settings';

/** What every tag of ours begins with: it tells a droplet of this project from anybody else's. */
const PROJECT = 'scale-up';

const ROLE_TAG = new RegExp(`^${PROJECT}:[^:]+:[^:]+:(${ROLES.join('|')})$`);

/**
 * The tag of a stack's droplets, such as `scale-up:foobar_com:production`, or of those with one role,
 * `scale-up:foobar_com:production:web`.
 *
 * A tag selects droplets in the whole account: a firewall closes whatever carries it, and deleting it takes it from all. So it
 * says whose it is: no other droplet carries it by accident.
 */
export function tagName({ zone, prefix }: Pick<Settings, 'zone' | 'prefix'>, role?: Role): string {
  // A tag can't hold dots, a zone no underscores: no two zones make the same tag.
  return [PROJECT, zone.replaceAll('.', '_'), prefix, ...(role ? [role] : [])].join(':');
}

/** The role whose droplets carry a tag. */
export function roleOfTag(tag: string): Role | undefined {
  return ROLE_TAG.exec(tag)?.[1] as Role | undefined;
}
