import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { recordRoutes } from '../record-resources';
import { type Field, fields } from '../server/provenance';
import type { Route } from '../server/route';
import { allRoutes, createApi } from '../start-api';
import { EVERY_CLIENT, OPENAPI } from './clients';
import { SEEN } from './clients-seen';
import { REFUSED_SAMPLES } from './refused-samples';

export const LEDGER = join(__dirname, '../../compatibility.md');

/** The fields of a call: of its query, its body and its answer. */
export interface CallFields {
  readonly route: Route;
  readonly query: readonly Field[];
  readonly body: readonly Field[];
  readonly answer: readonly Field[];
}

export interface Ledger {
  readonly calls: readonly CallFields[];
  /** Objects that several answers hold, by name. */
  readonly objects: ReadonlyMap<string, readonly Field[]>;
}

/** Everything that is emulated, with its labels. */
export function ledger(): Ledger {
  const objects = new Map<string, readonly Field[]>();
  const of = (schema: z.ZodType | undefined): readonly Field[] => (schema ? fields(schema, note) : []);
  const note = (name: string, schema: z.ZodType): void => {
    if (objects.has(name)) return;
    objects.set(name, []);
    objects.set(name, of(schema));
  };
  const api = createApi();
  const calls = [...allRoutes(api), ...recordRoutes(api)].map((route) => ({
    route,
    query: of(route.query),
    body: of(route.body),
    answer: of(route.answer),
  }));
  return { calls, objects };
}

const code = (text: string) => `\`${text}\``;

/** One line: the checked fields, then the guessed ones with their reasons. */
function line(title: string, all: readonly Field[]): string[] {
  if (all.length === 0) return [];
  const checked = all.filter(({ label }) => label?.by === 'openapi').map(({ path }) => code(path));
  const guessed = all.flatMap(({ path, label }) =>
    label?.by === 'guess' ? [`${code(path)} (${label.why})`] : [],
  );
  const parts = [
    ...(checked.length > 0 ? [`checked ${checked.join(', ')}`] : []),
    ...(guessed.length > 0 ? [`guessed ${guessed.join(', ')}`] : []),
  ];
  return [`- ${title}: ${parts.join('; ')}`];
}

function callSection({ route, query, body, answer }: CallFields): string[] {
  const call = `${route.method} ${route.path}`;
  const clients = (SEEN[call] ?? []).map(({ name }) => name);
  const accepted = clients.length > 0 ? `; accepted by ${clients.join(', ')}` : '';
  return [
    `### ${code(call)}`,
    '',
    `- call: checked ${code(route.operation)}${accepted}`,
    ...line('query', query),
    ...line('body', body),
    ...line(`answer ${route.status}`, answer),
    ...route.guesses.map((guess) => `- guess: ${guess}`),
    '',
  ];
}

function head(): string[] {
  const runs = EVERY_CLIENT.map((client) => {
    const count = Object.values(SEEN).filter((clients) => clients.includes(client)).length;
    return `- ${client.name}: ${client.how}; ${count} calls`;
  });
  return [
    "# What the lab's API is checked against",
    '',
    "Made by `npx ts-node lab/api/compatibility/compatibility.ts` from the labels beside each route's schema; a test fails when it is stale or a field has no label.",
    '',
    `- *checked*: the call or field was compared with DigitalOcean's published OpenAPI document (commit ${code(OPENAPI.commit.slice(0, 7))} of ${OPENAPI.date}) on ${OPENAPI.checkedOn}: it is declared there under this name, and ${OPENAPI.answers.toLocaleString('en')} recorded answers, of all calls, are valid against its schemas, except where a guess says otherwise. Its ${OPENAPI.samples} samples for curl are sent and accepted, but for those of ${Object.keys(REFUSED_SAMPLES).length} calls, of which \`refused-samples.ts\` beside the test says why. A test does all of it again where the document is: \`DIGITALOCEAN_OPENAPI=FOLDER npx jest lab/api/compatibility\`.`,
    "- *accepted*: that client of DigitalOcean's made the call and was content with the answer.",
    '- *guess*: no source says so, or one that is weaker than those two. Nothing here was compared with DigitalOcean itself.',
    '',
    ...runs,
    '',
    'What is not listed is refused with 501 and its name, where DigitalOcean has it; else with 404. Unknown fields of a body are ignored, and named in the header `x-lab-ignored`; numbers and booleans may come as texts. Where the API is asked to be strict both are 422. Null counts as left out. Bad JSON is 400, a body over 1 MiB 413, a method that a path does not have 405. A body is read as JSON whatever type it is said to have.',
    '',
  ];
}

/** The text of compatibility.md. */
export function ledgerText({ calls, objects } = ledger()): string {
  const named = [...objects].flatMap(([name, all]) => [`### ${name}`, '', ...line('fields', all), '']);
  return [
    ...head(),
    '## Calls',
    '',
    ...calls.flatMap(callSection),
    '## Objects in answers',
    '',
    ...named,
  ].join('\n');
}

if (require.main === module) writeFileSync(LEDGER, ledgerText());
