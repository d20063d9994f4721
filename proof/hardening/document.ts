import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BASELINES, type Baseline } from './baseline';
import { type Check, type Control, KINDS, type Kind } from './control';

export const DOCUMENT = join(__dirname, '../../docs/hardening.md');

const DROPLETS: Readonly<Record<Kind, string>> = {
  'load-balancer': 'load balancers',
  web: 'web servers',
  app: 'app servers',
  database: 'the database',
  container: 'app servers with a container',
};

/** Text of a table's cell. */
const cell = (text: string) => text.replaceAll('|', '\\|');
const code = (text: string) => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);

function checked({ command, prints, on }: Check): string {
  const what = prints === '' ? 'prints nothing' : `prints ${prints.split('\n').map(code).join(', ')}`;
  const where = on.length === KINDS.length ? '' : ` on ${on.map((kind) => DROPLETS[kind]).join(', ')}`;
  return `${code(command)} ${what}${where}.`;
}

function row({ id, asks, check, reason }: Control): string {
  const here = [...(check ? [checked(check)] : ['*Excepted.*']), ...(reason ? [reason] : [])].join(' ');
  return `| ${id} | ${cell(asks)} | ${cell(here)} |`;
}

function section({ name, repository, commit, date, controls }: Baseline): string[] {
  const count = controls.filter(({ check }) => check).length;
  return [
    `## ${name}`,
    '',
    `[${repository}](https://github.com/${repository}/tree/${commit}) of ${date}: ${count} of ${controls.length} controls are asserted.`,
    '',
    '| control | asks for | here |',
    '|---|---|---|',
    ...controls.map(row),
    '',
  ];
}

/** The text of docs/hardening.md. */
export function documentText(): string {
  return [
    '# Hardening, by number',
    '',
    'Made by `npx ts-node proof/hardening/document.ts` from the lists in `proof/hardening/`; a test fails when it is stale or lacks a control.',
    '',
    "Every control of the dev-sec baselines for Linux, SSH, Nginx and MySQL is here once. One with a command is asserted: the system tests run it as root on every droplet of a running stack that it concerns, and it has to print exactly this, line by line. One without is excepted, for the reason that it gives. A lab's droplets have the machine's kernel, and can set no more of it than its network: of the other settings the test reads what the droplet asks for.",
    '',
    'What every droplet sets for it is in `etc/ssh/sshd_config.d/10-scale-up.conf` and `etc/sysctl.d/60-hardening.conf` of `cloud-init/every-droplet/`.',
    '',
    ...BASELINES.flatMap(section),
  ].join('\n');
}

if (require.main === module) {
  writeFileSync(DOCUMENT, documentText());
}
