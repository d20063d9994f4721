import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { settingsSchema } from '../lib/settings';
import type { Json } from './synth';

const DOCUMENT = readFileSync(join(__dirname, '../docs/settings.md'), 'utf8');

/** Setting, default and meaning of each row of the table. */
const ROWS = [...DOCUMENT.matchAll(/^\| `([\w.]+)` \| (.*?) ?\| (.*?) ?\| [^|]+ \|$/gm)].map(
  ([, setting = '', byDefault = '', meaning = '']) => ({ setting, byDefault, meaning }),
);

/** Each setting of the schema, with its part of the JSON schema. */
function settingsIn(schema: Json, path: string[] = []): [string, Json][] {
  const object = schema.properties ? schema : schema.anyOf?.find(({ properties }: Json) => properties);
  const parts: [string, Json][] = Object.entries<Json>(object?.properties ?? {}).flatMap(([key, part]) =>
    settingsIn(part, [...path, key]),
  );
  // An object is a row of its own where something else can stand in its place, as `false` for `tls`.
  return object && !schema.anyOf ? parts : [[path.join('.'), schema], ...parts];
}

const SETTINGS = settingsIn(z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' }));

describe('the table of docs/settings.md', () => {
  test('has every setting, in the order of the schema', () => {
    expect(ROWS.map(({ setting }) => setting)).toEqual(SETTINGS.map(([setting]) => setting));
  });

  test.each(SETTINGS)('says of %s what stands beside it in the schema', (setting, { description = '' }) => {
    expect(ROWS.find((row) => row.setting === setting)?.meaning).toBe(description);
  });

  const literals = ROWS.flatMap(({ setting, byDefault }) => {
    const [, literal] = /^`(.*)`$/.exec(byDefault) ?? [];
    return literal !== undefined && setting !== 'tls' && !literal.includes('<')
      ? [[setting, literal] as const]
      : [];
  });

  test.each(literals)('gives the default of %s: %s', (setting, literal) => {
    expect(String(SETTINGS.find(([name]) => name === setting)?.[1].default)).toBe(literal);
  });
});
