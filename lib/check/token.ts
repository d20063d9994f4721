import { UserError } from '../user-error';
import { type Api, Refusal } from './api';
import { type Finding, ok, problem, unknown } from './finding';

/** What the token on the load balancers must be able to read, by the scope that allows it. */
const NEEDED: Readonly<Record<string, string>> = {
  'reserved_ip:read': '/reserved_ips?per_page=1',
  'droplet:read': '/droplets?per_page=1',
  'actions:read': '/actions?per_page=1',
};

/** What it must not: one of these shows a token that can do more than move the Reserved IP. */
const TOO_MUCH: Readonly<Record<string, string>> = {
  'domain:read': '/domains?per_page=1',
  'firewall:read': '/firewalls?per_page=1',
};

/** That a token may change things shows only when it does: nothing here does. */
export const writeScopes = (): Finding =>
  unknown(
    'deploy token',
    "what it may create, change and delete can't be seen without doing it; README lists what it needs",
  );

export async function checkReservedIpToken(api: Api | undefined): Promise<Finding[]> {
  const subject = 'Reserved IP token';
  if (!api) {
    return [unknown(subject, 'TF_VAR_reserved_ip_token is not set; a deploy needs it')];
  }
  try {
    return await rights(api, subject);
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    return [problem(subject, error.message)];
  }
}

async function rights(api: Api, subject: string): Promise<Finding[]> {
  const [missing, tooMuch] = await Promise.all([
    scopes(api, NEEDED, (mayRead) => !mayRead),
    scopes(api, TOO_MUCH, (mayRead) => mayRead),
  ]);
  const problems = [
    ...missing.map((scope) => `lacks ${scope}; make one as README says`),
    ...(tooMuch.length > 0
      ? [
          `can do more than it needs (${tooMuch.join(', ')}), and lies on both load balancers; make one as README says`,
        ]
      : []),
  ];
  return problems.length > 0
    ? problems.map((text) => problem(subject, text))
    : [
        ok(
          subject,
          "reads what it needs, and no more; whether it moves the IP (reserved_ip:update) can't be seen",
        ),
      ];
}

async function scopes(
  api: Api,
  paths: Readonly<Record<string, string>>,
  isWanted: (mayRead: boolean) => boolean,
): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(paths).map(async ([scope, path]) => (isWanted(await mayRead(api, path)) ? [scope] : [])),
  );
  return found.flat();
}

async function mayRead(api: Api, path: string): Promise<boolean> {
  try {
    await api.get(path);
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.status === 403) {
      return false;
    }
    throw error;
  }
}
