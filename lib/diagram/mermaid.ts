import { type Architecture, counted, type Tier } from '../architecture';
import { ROLES, type Role } from '../role';
import { type Arrow, arrowsOf, type Label, type Place } from './arrow';

/** The architecture as a Mermaid flowchart. */
export function mermaid(architecture: Architecture): string {
  const { tiers, volumes, reservedIps } = architecture;
  const arrows = arrowsOf(architecture);
  const sources = [...new Set(arrows.map(({ from }) => from))].filter((place) => !isInside(place));
  const targets = [...new Set(arrows.map(({ to }) => to))].filter((place) => !isInside(place));
  const lines = [
    ...sources.map((place) => `${nodeOf(place, 'from')}([${place}])`),
    ...(reservedIps > 0 ? ['ip{{Reserved IP}}'] : []),
    'subgraph vpc [VPC, with a cloud firewall on every droplet]',
    ...tiers.map((tier) => `    ${tier.role}["${tierText(tier)}"]`),
    ...volumes.flatMap(({ what, name, size }, i) => [
      `    volume${i + 1}[/"${what} ${name}<br>${size} GiB"/]`,
      `    database --- volume${i + 1}`,
    ]),
    '    every-droplet[every droplet]',
    'end',
    ...targets.map((place) => `${nodeOf(place, 'to')}([${place}])`),
    ...(reservedIps > 0 ? ['ip -- "held by one of them" --> load-balancer'] : []),
    ...arrows.map(line),
  ];
  return ['flowchart TB', ...lines.map((text) => `    ${text}`)].join('\n');
}

const isInside = (place: Place) => ROLES.includes(place as Role) || place === 'every droplet';

/** What is outside has two nodes: it is above where it comes from, and below where it is gone to. */
function nodeOf(place: Place, end: 'from' | 'to'): string {
  return isInside(place) ? place.replace(' ', '-') : `${end}-${place.replaceAll(/[^\w]+/g, '-')}`;
}

/** Visitors come by the Reserved IP. */
function line({ from, to, labels }: Arrow): string {
  const target = from === 'the internet' && to === 'load-balancer' ? 'ip' : nodeOf(to, 'to');
  return `${nodeOf(from, 'from')} -- "${labels.map(labelText).join('<br>')}" --> ${target}`;
}

function labelText({ ports, purpose }: Label): string {
  return `${ports}: ${purpose}`;
}

function tierText({ role, droplets }: Tier): string {
  const [first, ...others] = droplets.map(({ name }) => name);
  const last = others.at(-1);
  const names =
    last === undefined ? first : others.length === 1 ? `${first}<br>${last}` : `${first}<br>to ${last}`;
  const kinds = [...new Set(droplets.map(({ size, image }) => `${size}, ${image}`))];
  return [counted(role, droplets.length), ...kinds, names].join('<br>');
}
