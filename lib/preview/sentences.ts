import { type Block, counted, tierName, volumeKind } from '../architecture';
import type { ResourceChange } from './change';
import { ruleSentences } from './rules';
import type { TierChange } from './tier-change';

type Changes = readonly ResourceChange[];

/** What changes, a sentence for each, in the words of the architecture. */
export function sentences(changes: Changes, tiers: readonly TierChange[], resources: Block): string[] {
  const moved = changes.filter(({ kind }) => kind !== 'keep');
  return [
    ...tiers.flatMap(tierSentences),
    ...releaseSentences(moved),
    ...waitingSentences(moved),
    ...ruleSentences(moved.filter(isOfType('digitalocean_firewall')), resources),
    ...moved.flatMap(lastingSentences),
    ...nameSentences(moved),
    ...countedSentences(moved),
    ...secretSentences(moved),
    ...moved.filter(isForeign).map(({ type, name, kind }) => `${type}.${name}: ${DONE[kind]}.`),
  ];
}

const DONE: Readonly<Record<ResourceChange['kind'], string>> = {
  ...{ create: 'made', change: 'changed in place', replace: 'replaced', destroy: 'destroyed', keep: 'kept' },
};

const isOfType = (type: string) => (change: ResourceChange) => change.type === type;

/** Whose changes have words of their own, or follow from others and need none. */
const KNOWN = [
  ...['droplet', 'firewall', 'volume', 'reserved_ip', 'vpc', 'domain', 'record', 'tag', 'spaces_key'],
  ...['monitor_alert', 'uptime_alert', 'uptime_check'],
].map((type) => `digitalocean_${type}`);

const isForeign = ({ type }: ResourceChange) =>
  !KNOWN.includes(type) &&
  type !== 'terraform_data' &&
  type !== 'random_password' &&
  !type.startsWith('tls_');

function tierSentences({
  role,
  created,
  destroyed,
  replaced,
  because,
  resized,
  sizes,
}: TierChange): string[] {
  const listed = (names: readonly string[]) => `${counted(role, names.length)} (${names.join(', ')})`;
  return [
    ...(created.length > 0 ? [`New: ${listed(created)}.`] : []),
    ...(replaced.length > 0 ? [`Replaced: ${listed(replaced)}, for ${because.join(' and ')}.`] : []),
    ...(resized.length > 0 ? [`Resized: ${listed(resized)}, ${sizes}; each is powered off for it.`] : []),
    ...(destroyed.length > 0 ? [`Destroyed: ${listed(destroyed)}.`] : []),
  ];
}

/** The record that says which release an app server is to run. */
export const releasesIn = (changes: Changes) =>
  changes.filter(
    ({ type, name, kind }) =>
      type === 'digitalocean_record' && name.startsWith('release-') && kind === 'change',
  );

function releaseSentences(changes: Changes): string[] {
  const releases = releasesIn(changes);
  const [first] = releases;
  if (!first) return [];
  return [
    `Released in place: ${counted('app', releases.length)}, ${first.before.value} -> ${first.after.value}, one first and then the others.`,
  ];
}

/** The database's settings, which wait for a new droplet. */
function waitingSentences(changes: Changes): string[] {
  const settings = changes.find(
    ({ type, name }) => type === 'digitalocean_record' && name === 'dns-settings',
  );
  const isNew = changes.some(
    ({ type, name, kind }) => type === 'digitalocean_droplet' && name === 'database-1' && kind === 'replace',
  );
  return settings?.kind === 'change' && settings.after.value !== 'current' && !isNew
    ? [
        'Waits: the database keeps the settings that it was made with, until database.revision is another number.',
      ]
    : [];
}

/** What outlives droplets. */
function lastingSentences({ type, name, kind, before, after }: ResourceChange): string[] {
  if (type === 'digitalocean_volume' && kind === 'change' && before.size !== after.size)
    return [
      `Grows: the database's ${volumeKind(name)}, ${before.size} -> ${after.size} GiB; its file system at the next reboot.`,
    ];
  const words = LASTING[type];
  return words ? [`${capital(DONE[kind])}: ${words(after ?? before, name)}.`] : [];
}

const LASTING: Readonly<Record<string, (attributes: Block, id: string) => string>> = {
  digitalocean_volume: ({ size }, id) => `the database's ${volumeKind(id)}, ${size} GiB`,
  digitalocean_reserved_ip: () => 'the Reserved IP',
  digitalocean_vpc: ({ ip_range }) => `the private network ${ip_range}`,
  digitalocean_domain: ({ name }) => `the DNS zone ${name}`,
  digitalocean_spaces_key: () => "the key to the bucket with the database's copies",
};

/** Names that the world asks for; those between droplets follow these. */
function nameSentences(changes: Changes): string[] {
  return changes
    .filter(isOfType('digitalocean_record'))
    .filter(({ before, after }) => !String((after ?? before).name).endsWith('.internal'))
    .map(({ kind, before, after }) => {
      const { type, name } = after ?? before;
      return `${capital(DONE[kind])}: the ${type} record ${name === '@' ? 'of the zone itself' : name}.`;
    });
}

function countedSentences(changes: Changes): string[] {
  const of = (what: string, ...types: string[]) =>
    (['create', 'change', 'replace', 'destroy'] as const).flatMap((kind) => {
      const count = changes.filter((one) => types.includes(one.type) && one.kind === kind).length;
      return count > 0 ? [`${capital(DONE[kind])}: ${count} ${what}${count > 1 ? 's' : ''}.`] : [];
    });
  return [
    ...of('alert', 'digitalocean_monitor_alert', 'digitalocean_uptime_alert'),
    ...of('uptime check', 'digitalocean_uptime_check'),
  ];
}

const PASSWORDS: Readonly<Record<string, string>> = {
  'database-backups-password': "the password of the database's copies",
  'database-password': "the database's password",
  'log-key': 'the key of the deployment, for log lines',
};

function secretSentences(changes: Changes): string[] {
  const made = changes.filter(({ kind }) => kind !== 'destroy');
  return [
    ...made
      .filter(({ type }) => type === 'random_password')
      .map(({ name }) => `Made anew: ${PASSWORDS[name] ?? 'a password'}.`),
    ...(made.some(({ type }) => type.startsWith('tls_'))
      ? ["Made anew: the database's key and certificate."]
      : []),
  ];
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "the web servers and the app servers". */
export function tierNames(tiers: readonly Pick<TierChange, 'role'>[]): string {
  const names = tiers.map(({ role }) => tierName(role));
  const last = names.pop();
  return names.length > 0 ? `${names.join(', ')} and ${last}` : `${last}`;
}
