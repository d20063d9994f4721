import { type Architecture, counted, type Tier, tierName, type VolumeOfStack } from '../architecture';
import { ROLES, type Role } from '../role';
import { type Arrow, arrowsOf, type Label } from './arrow';
import { BOLD_LETTER, Drawing, FAINT, wrapped } from './drawing';

const WIDTH = 1000;

/** The frame of the VPC. */
const FRAME = { left: 24, right: WIDTH - 24, top: 172 };

/** The droplets stand between these. */
const BOXES = { left: 216, right: 616, height: 44, gap: 12, most: 5 };

const MIDDLE = (BOXES.left + BOXES.right) / 2;

/** A tier, and the room to the next one. */
const ROW = { height: 64, distance: 134, first: FRAME.top + 40 };

/** Where arrows that pass a tier run, and how wide what is said of them may be. */
const LANE = { first: 648, distance: 8, text: 276 };

const LINE = 16;

const COLOURS: Readonly<Record<Role, readonly [fill: string, stroke: string]>> = {
  'load-balancer': ['#dbeafe', '#3b82f6'],
  web: ['#dcfce7', '#22c55e'],
  app: ['#fef3c7', '#f59e0b'],
  database: ['#f3e8ff', '#a855f7'],
};

/** The architecture as a picture: tiers from top to bottom, what the world may reach above them and what they may reach below. */
export function svg(architecture: Architecture): string {
  const drawing = new Drawing();
  const arrows = arrowsOf(architecture);
  const bottom = rowTop('database') + ROW.height + 40;
  drawing.box(FRAME.left, FRAME.top, FRAME.right - FRAME.left, bottom - FRAME.top, '#f9fafb', '#d1d5db', 12);
  const vpc = `VPC in ${architecture.region}, with a cloud firewall on every droplet`;
  drawing.text(FRAME.left + 16, bottom - 14, vpc, { colour: FAINT });
  drawEntrance(drawing, architecture, arrows);
  for (const tier of architecture.tiers) drawTier(drawing, tier);
  for (const [index, volume] of architecture.volumes.entries())
    drawVolume(drawing, volume, 20 * (2 * index - architecture.volumes.length + 1));
  for (const arrow of arrows.filter(isStep)) drawStep(drawing, arrow);
  drawLanes(drawing, arrows.filter(isLane), architecture.tiers);
  const height = drawExit(drawing, arrows, bottom);
  return drawing.svg(WIDTH, height, `The architecture of ${architecture.url}`);
}

const isRole = (place: string): place is Role => ROLES.includes(place as Role);
const rowTop = (role: Role) => ROW.first + ROLES.indexOf(role) * ROW.distance;

/** From a tier to the next one. */
const isStep = ({ from, to }: Arrow) =>
  isRole(from) && isRole(to) && ROLES.indexOf(to) === ROLES.indexOf(from) + 1;
/** Past a tier, to itself, or to all. */
const isLane = (arrow: Arrow) =>
  isRole(arrow.from) && !isStep(arrow) && (isRole(arrow.to) || arrow.to === 'every droplet');

/** Who comes from outside: visitors by the Reserved IP, administrators. */
function drawEntrance(drawing: Drawing, { url, reservedIps }: Architecture, arrows: readonly Arrow[]): void {
  const visitors = arrows.find(({ from, to }) => from === 'the internet' && to === 'load-balancer');
  pill(drawing, MIDDLE, 36, 290, `visitors of ${url.replace(/^https?:\/\/|\/$/g, '')}`);
  if (reservedIps > 0) pill(drawing, MIDDLE, 138, 132, 'Reserved IP');
  drawing.line(`M${MIDDLE} 54V${reservedIps > 0 ? 119 : ROW.first}`);
  labels(drawing, MIDDLE + 14, 80, visitors?.labels ?? [], 400);
  const administrators = arrows.filter(
    ({ from, to }) => from !== 'the internet' && !isRole(from) && to === 'every droplet',
  );
  for (const { from, labels: said } of administrators) {
    drawing.text(FRAME.right - 16, 96, from, { anchor: 'end', weight: 'bold' });
    drawing.text(FRAME.right - 16, 112, `${said[0]?.ports} to every droplet: ${said[0]?.purpose}`, {
      anchor: 'end',
    });
    drawing.line(`M${FRAME.right - 60} 122V${FRAME.top}`);
  }
}

function pill(drawing: Drawing, middle: number, y: number, width: number, text: string): void {
  drawing.box(middle - width / 2, y - 18, width, 36, '#ffffff', '#4b5563', 18);
  drawing.text(middle, y + 4, text, { anchor: 'middle', weight: 'bold' });
}

function drawTier(drawing: Drawing, tier: Tier): void {
  const { role, droplets } = tier;
  const top = rowTop(role);
  drawing.text(FRAME.left + 16, top + 22, counted(role, droplets.length), { size: 15, weight: 'bold' });
  const kinds = [...new Set(droplets.flatMap(({ size, image }) => [size, image]))];
  for (const [i, kind] of kinds.slice(0, 3).entries()) {
    drawing.text(FRAME.left + 16, top + 40 + i * LINE, kind, { colour: FAINT });
  }
  const names = namesOf(tier);
  for (const [i, { left, width }] of places(names.length).entries()) {
    drawing.box(left, top + 10, width, BOXES.height, ...COLOURS[role]);
    drawing.text(left + width / 2, top + 36, names[i] ?? '', { anchor: 'middle' });
    if (role === 'load-balancer') drawHolding(drawing, left + width / 2, top, i);
  }
}

/** What stands in the boxes of a tier: droplets without the stack's prefix, and how many more there are. */
function namesOf({ role, droplets }: Tier): string[] {
  const names = droplets.map(({ name }) => name.slice(name.indexOf(role)));
  const more = names.length - BOXES.most + 1;
  return more > 1 ? [...names.slice(0, -more), `${more} more`] : names;
}

/** The boxes of so many droplets, in the middle. */
function places(count: number): { left: number; width: number }[] {
  const width = Math.min(180, (BOXES.right - BOXES.left - (count - 1) * BOXES.gap) / count);
  const first = MIDDLE - (count * width + (count - 1) * BOXES.gap) / 2;
  return Array.from({ length: count }, (_, i) => ({ left: first + i * (width + BOXES.gap), width }));
}

/** One holds the Reserved IP, the other takes it over. */
function drawHolding(drawing: Drawing, middle: number, top: number, index: number): void {
  drawing.line(`M${MIDDLE} 157L${middle} ${top + 9}`, { dashed: index > 0 });
  const beside = index === 0 ? ({ anchor: 'end' } as const) : {};
  const text = index === 0 ? 'holds it' : 'claims it when the other fails';
  drawing.text(middle + (index === 0 ? -4 : 16), top - 4, text, { ...beside, colour: FAINT });
}

/** @param below the middle of the tier */
function drawVolume(drawing: Drawing, { what, size }: VolumeOfStack, below: number): void {
  const y = rowTop('database') + 10 + BOXES.height / 2 + below;
  drawing.line(`M${MIDDLE - 90} ${y}h-32`, { plain: true });
  drawing.box(MIDDLE - 200, y - 18, 78, 36, '#ffffff', COLOURS.database[1], 18);
  drawing.text(MIDDLE - 161, y - 1, what, { anchor: 'middle' });
  drawing.text(MIDDLE - 161, y + 13, `${size} GiB`, { anchor: 'middle', colour: FAINT });
}

function drawStep(drawing: Drawing, { from, to, labels: said }: Arrow): void {
  const [start, end] = [rowTop(from as Role) + 10 + BOXES.height, rowTop(to as Role) + 9];
  drawing.line(`M${MIDDLE} ${start}V${end}`);
  labels(drawing, MIDDLE + 14, (start + end) / 2 + 4 - ((said.length - 1) * LINE) / 2, said, 230);
}

/** Arrows at the right of the tiers: what passes one, or stays in one. */
function drawLanes(drawing: Drawing, arrows: readonly Arrow[], tiers: readonly Tier[]): void {
  const right = (role: Role) => {
    const last = tiers
      .filter((tier) => tier.role === role)
      .flatMap((tier) => places(namesOf(tier).length))
      .at(-1);
    return last ? last.left + last.width : BOXES.right;
  };
  arrows.forEach((arrow, i) => {
    const x = LANE.first + i * LANE.distance;
    const start = rowTop(arrow.from as Role) + 16 + i * 10;
    const targets = isRole(arrow.to) ? [arrow.to] : ROLES.filter((role) => role !== arrow.from);
    for (const role of targets) {
      const end = role === arrow.from ? rowTop(role) + 50 : rowTop(role) + 20 + i * 10;
      drawing.line(`M${right(arrow.from as Role)} ${start}H${x}V${end}H${right(role) + 1}`);
    }
  });
  let y = rowTop('load-balancer') + 16;
  const left = LANE.first + arrows.length * LANE.distance + 8;
  for (const { from, to, labels: said } of arrows) {
    const between = from === to ? `among ${tierName(from as Role)}` : `to ${isRole(to) ? tierName(to) : to}`;
    drawing.text(left, y, between, { colour: FAINT });
    y = labels(drawing, left, y + LINE, said, LANE.text) + LINE / 2;
  }
}

/** What the droplets may reach outside; gives where the picture ends. */
function drawExit(drawing: Drawing, arrows: readonly Arrow[], bottom: number): number {
  const top = bottom + 56;
  pill(drawing, MIDDLE, top + 18, 132, 'the internet');
  drawing.line(`M${MIDDLE} ${bottom}V${top - 1}`);
  const left = MIDDLE + 90;
  let y = top + 4;
  for (const { from, labels: said } of arrows.filter(({ to }) => to === 'the internet')) {
    drawing.text(left, y, `from ${isRole(from) ? tierName(from) : from}`, { colour: FAINT });
    y = labels(drawing, left, y + LINE, said, WIDTH - left) + LINE / 2;
  }
  return y + 8;
}

/** Ports and purposes, one below the other; gives where the next line would be. */
function labels(drawing: Drawing, x: number, top: number, said: readonly Label[], width: number): number {
  let y = top;
  for (const { ports, purpose } of said) {
    drawing.text(x, y, ports, { weight: 'bold' });
    const indent = ports.length * 12 * BOLD_LETTER + 8;
    for (const line of wrapped(purpose, width - indent)) {
      drawing.text(x + indent, y, line);
      y += LINE;
    }
  }
  return y;
}
