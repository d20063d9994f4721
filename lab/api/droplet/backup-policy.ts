import { z } from 'zod';
import type { Api } from '../api';
import { page, pageFields, pageQuery } from '../server/pagination';
import { guess, openapi } from '../server/provenance';
import { type Call, type Route, route } from '../server/route';
import { second } from '../server/time';
import { type BackupPolicy, DROPLETS, type Droplet } from './stored-droplet';

const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;
const HOURS = [0, 4, 8, 12, 16, 20];
const WINDOW = 4;
/** Days that backups of each plan are kept. */
const KEPT = { daily: 7, weekly: 28 };

const fromClient = guess('empty when a client names none (doctl)', z.literal(''));
export const backupPolicyBody = openapi(
  z.strictObject({
    plan: z.enum(['daily', 'weekly']).or(fromClient).nullish(),
    weekday: z.enum(DAYS).or(fromClient).nullish(),
    day: guess('the document calls it so in an example', z.enum(DAYS).nullish()),
    hour: z
      .int()
      .refine((hour) => HOURS.includes(hour), `must be one of ${HOURS.join(', ')}`)
      .nullish(),
    window_length_hours: z.int().nullish(),
    retention_period_days: z.int().nullish(),
  }),
);
type Body = z.infer<typeof backupPolicyBody>;

const windowAnswer = openapi(z.strictObject({ start: z.iso.datetime(), end: z.iso.datetime() }));
export const nextWindowAnswer = windowAnswer.nullable();
const recordAnswer = openapi(
  z.strictObject({
    droplet_id: z.int(),
    backup_enabled: z.boolean(),
    backup_policy: z
      .strictObject({
        plan: z.enum(['daily', 'weekly']),
        weekday: z.enum(DAYS).optional(),
        hour: z.int(),
        window_length_hours: z.int(),
        retention_period_days: z.int(),
      })
      .optional(),
    next_backup_window: windowAnswer.optional(),
  }),
  'backup policy',
);
const supportedAnswer = openapi(
  z.strictObject({
    name: z.string(),
    possible_window_starts: z.array(z.int()),
    window_length_hours: z.int(),
    retention_period_days: z.int(),
    possible_days: z.array(z.string()),
  }),
);

/** The policy that a body asks for; daily at midnight when it does not say. */
export function policyOf(body: Body | null | undefined): BackupPolicy {
  const plan = body?.plan || 'daily';
  const hour = body?.hour ?? 0;
  return plan === 'daily' ? { plan, hour } : { plan, hour, weekday: body?.weekday || body?.day || 'SUN' };
}

/** When the next backup would be made; null without backups. */
export function nextWindow({ backupPolicy }: Droplet, now = Date.now()) {
  if (!backupPolicy) return null;
  const start = new Date(now);
  start.setUTCHours(backupPolicy.hour, 0, 0, 0);
  const isDay = () => backupPolicy.weekday === undefined || DAYS[start.getUTCDay()] === backupPolicy.weekday;
  while (start.getTime() <= now || !isDay()) start.setUTCDate(start.getUTCDate() + 1);
  const end = new Date(start.getTime() + WINDOW * 3600_000);
  return { start: second(start.toISOString()), end: second(end.toISOString()) };
}

function view(droplet: Droplet) {
  const { backupPolicy: policy } = droplet;
  const enabled = policy && {
    backup_policy: { ...policy, window_length_hours: WINDOW, retention_period_days: KEPT[policy.plan] },
    next_backup_window: nextWindow(droplet),
  };
  return { droplet_id: droplet.id, backup_enabled: policy !== null, ...enabled };
}

export const backupPolicyRoutes = (
  { cloud }: Api,
  dropletOf: (call: Pick<Call, 'params'>) => Droplet,
): Route[] => [
  route({
    call: 'GET /v2/droplets/:droplet_id/backups/policy',
    operation: 'droplets_get_backup_policy',
    scopes: [['droplet:read']],
    status: 200,
    answer: openapi(z.strictObject({ policy: recordAnswer })),
    guesses: [
      'No backup is ever made; a policy that names no hour begins at 0, a weekly one without a day on SUN.',
    ],
    handle: (call) => ({ policy: view(dropletOf(call)) }),
  }),
  route({
    call: 'GET /v2/droplets/backups/policies',
    operation: 'droplets_list_backup_policies',
    scopes: [['droplet:read']],
    query: pageQuery,
    status: 200,
    answer: openapi(z.strictObject({ policies: z.record(z.string(), recordAnswer), ...pageFields })),
    handle: ({ query, url }) => {
      const entry = (droplet: Droplet) => [droplet.id, view(droplet)];
      const { entries, ...rest } = page('entries', cloud.of(DROPLETS).values(), entry, query, url);
      return { policies: Object.fromEntries(entries as [number, unknown][]), ...rest };
    },
  }),
  route({
    call: 'GET /v2/droplets/backups/supported_policies',
    operation: 'droplets_list_supported_backup_policies',
    scopes: [['droplet:read']],
    status: 200,
    answer: openapi(z.strictObject({ supported_policies: z.array(supportedAnswer) })),
    handle: () => ({
      supported_policies: (['weekly', 'daily'] as const).map((name) => ({
        name,
        possible_window_starts: HOURS,
        window_length_hours: WINDOW,
        retention_period_days: KEPT[name],
        possible_days: name === 'weekly' ? DAYS : [],
      })),
    }),
  }),
];
