import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { fields, openapi } from '../server/provenance';
import { SEEN } from './clients-seen';
import { LEDGER, ledger, ledgerText } from './compatibility';

test('every call, and every field of its query, body and answer, has a label', () => {
  const { calls, objects } = ledger();
  const all = [
    ...calls.flatMap(({ route, query, body, answer }) =>
      [...query, ...body, ...answer].map((field) => ({ where: `${route.method} ${route.path}`, ...field })),
    ),
    ...[...objects].flatMap(([where, inner]) => inner.map((field) => ({ where, ...field }))),
  ];
  expect(all.length).toBeGreaterThan(500);
  expect(all.filter(({ label }) => label === undefined)).toEqual([]);
  expect(calls.filter(({ route }) => route.operation === '')).toEqual([]);
});

test('a field without a label is noticed', () => {
  const schema = z.strictObject({ a: openapi(z.string()), b: z.array(z.strictObject({ c: z.int() })) });
  expect(fields(schema).filter(({ label }) => !label)).toEqual([{ path: 'b[].c', label: undefined }]);
});

/** Calls that are answered with 202, or 200, and nothing. */
const LATER = /^\/v2\/(databases|vpc_nat_gateways|byoip_prefixes|droplets\/autoscale)\//;

test('every answer but those that DigitalOcean leaves empty declares its fields', () => {
  const silent = ledger().calls.filter(({ route }) => route.answer === undefined);
  const empty = silent.filter(
    ({ route: { status, path, method } }) =>
      status === 204 ||
      path.includes('/destroy_with_associated_resources/') ||
      (method !== 'GET' && LATER.test(path)),
  );
  expect(silent).toEqual(empty);
  expect(ledger().calls.filter(({ route }) => route.status === 204 && route.answer)).toEqual([]);
});

test('every call of the lab was seen to be accepted by a client, and none besides', () => {
  const known = ledger().calls.map(({ route }) => `${route.method} ${route.path}`);
  expect(Object.keys(SEEN).sort()).toEqual(known.sort());
  expect(Object.values(SEEN).filter((clients) => clients.length === 0)).toEqual([]);
});

test('lab/compatibility.md is what the labels say: run `npx ts-node lab/api/compatibility/compatibility.ts`', () => {
  expect(readFileSync(LEDGER, 'utf8')).toBe(ledgerText());
});
