import { watch } from 'node:fs';
import { open } from 'node:fs/promises';
import { COMMAND } from '../common/command';
import type { LabEvent } from '../common/events';
import { type Site, urlOf } from '../stack/site';
import type { LabStatus } from './lab';
import { eventsFile, optionOf } from './runtime-paths';
import type { Up } from './up';

/** Boots from Debian where DigitalOcean has Ubuntu: said wherever the image is shown. */
const STAND_IN = "Debian sid, standing in for Ubuntu 24.04: MySQL 9.7 instead of Ubuntu's 8.0";

/** What a user sees at the end of `up`. */
export function nextSteps({ access, status, page }: Up, lab: string, seconds: number): string {
  const option = optionOf(lab);
  return [
    '',
    `The stack runs, ${seconds.toFixed(0)} s after the start.`,
    '',
    `  open    ${urlOf(access.site)}/`,
    ...asVisitor(access.site).map((line) => `  ${line}`),
    ...(page ? [`  says    ${textOf(page)}`] : []),
    ...holders(status).map((line) => `  IP      ${line}`),
    '',
    'Next:',
    ...nextCommands(status).map(([verb, ...words]) => `  ${COMMAND} ${[verb + option, ...words].join(' ')}`),
  ].join('\n');
}

/** With a droplet that has the Reserved IP, if there is one: its loss is what is to be seen first. */
function nextCommands({ droplets, reservedIps }: LabStatus): [string, ...string[]][] {
  const droplet = Object.values(reservedIps).find(Boolean) ?? droplets[0]?.name;
  const about: [string, string][] = droplet
    ? [
        ['exec', droplet],
        ['power-off', droplet],
      ]
    : [];
  return [['status'], ['events'], ...about, ['down']];
}

/** The certificate is for the domain, by an authority that only the lab trusts: a browser warns, and curl can be told. */
function asVisitor({ domain, port, authority }: Site): string[] {
  if (!authority) return [];
  const way = `--cacert ${authority} --connect-to ${domain}:443:127.0.0.1:${port}`;
  return [
    `        (a browser warns, since the certificate is for ${domain} and by the lab's own authority)`,
    `or      curl ${way} https://${domain}/`,
  ];
}

export function statusReport(status: LabStatus): string {
  const width = Math.max(...status.droplets.map(({ name }) => name.length), 0);
  const droplets = status.droplets.map(({ name, initPid, publicIp, privateIp, image }) => {
    const power = initPid === undefined ? 'off' : 'on ';
    const note = image.startsWith('ubuntu') ? `  (${STAND_IN})` : '';
    return `  ${name.padEnd(width)}  ${power}  public ${publicIp}  private ${privateIp}${note}`;
  });
  const servers = status.droplets.flatMap(({ name, servers: states }) => {
    const seen = Object.entries(states).map(([server, state]) => `${server} ${state}`);
    return seen.length > 0 ? [`  ${name} sees ${seen.join(', ')}`] : [];
  });
  return [
    `Lab "${status.lab}"`,
    ...section('Droplets', droplets),
    ...section(
      'Reserved IP',
      holders(status).map((line) => `  ${line}`),
    ),
    ...section('Servers behind the load balancers', servers),
    ...section(
      'Broken on purpose',
      status.faults.map((fault) => `  ${fault}`),
    ),
  ].join('\n');
}

/** Shows all events so far and then, until Ctrl-C, each new one. */
export async function showEvents(
  lab: string,
  { json, follow }: { json?: boolean; follow: boolean },
): Promise<void> {
  const file = await open(eventsFile(lab));
  let rest = '';
  const showNew = async () => {
    for (;;) {
      const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(65_536) });
      if (bytesRead === 0) {
        return;
      }
      const lines = (rest + buffer.toString('utf8', 0, bytesRead)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        console.log(json ? line : eventLine(JSON.parse(line)));
      }
    }
  };
  await showNew();
  if (!follow) {
    return file.close();
  }
  let reading = Promise.resolve();
  await new Promise<void>((resolve) => {
    const watcher = watch(eventsFile(lab), (kind) => {
      reading = reading.then(showNew);
      if (kind === 'rename') {
        watcher.close();
        resolve();
      }
    });
  });
  await reading;
  await file.close();
}

function eventLine(event: LabEvent): string {
  return `${event.time.slice(11, 23)}  ${event.kind.padEnd(11)}  ${detail(event)}`;
}

function detail(event: LabEvent): string {
  switch (event.kind) {
    case 'api':
      return `${event.method} ${event.path} -> ${event.status} in ${event.milliseconds} ms${event.token ? ` (token ${event.token})` : ''}`;
    case 'droplet':
      return [`${event.name} ${event.state}`, event.action, event.error].filter(Boolean).join(': ');
    case 'reserved-ip':
      return `${event.ip} -> ${event.name ?? event.dropletId ?? 'nobody'}`;
    case 'server':
      return `${event.loadBalancer}: ${event.server} ${event.state}`;
    case 'dns':
      return `${event.type} ${event.name}: ${event.answer}`;
    case 'fault':
      return `${event.set ? 'set' : 'mended'}: ${event.what}`;
    case 'lab':
      return event.message;
  }
}

function holders({ reservedIps }: LabStatus): string[] {
  return Object.entries(reservedIps).map(([ip, holder]) => `${ip} is held by ${holder ?? 'nobody'}`);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? ['', title, ...lines] : [];
}

/** The words of a page: its first paragraph, without tags. */
function textOf(page: string): string {
  const [, paragraph = page] = /<p>(.*?)<\/p>/s.exec(page) ?? [];
  return paragraph.replace(/<[^>]+>/g, '').trim();
}
