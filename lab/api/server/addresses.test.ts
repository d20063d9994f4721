import { freeAddress } from './addresses';

/** A network of which so many of the first addresses are taken; and how often it was looked up. */
function network(count: number, freed: readonly string[] = []) {
  const taken = new Set<string>();
  const counter = { lookups: 0 };
  const has = (ip: string) => {
    counter.lookups++;
    return taken.has(ip);
  };
  for (let n = 0; n < count; n++) taken.add(freeAddress('10.1.0.0/16', { count: n, has }));
  for (const ip of freed) taken.delete(ip);
  counter.lookups = 0;
  return { taken: { count: taken.size, has }, counter };
}

test('the next address is found at the first look, however many there are', () => {
  const { taken, counter } = network(5000);
  expect([freeAddress('10.1.0.0/16', taken), counter.lookups]).toEqual(['10.1.19.146', 1]);
});

test('an address that was given back is found again when the others are taken', () => {
  const { taken } = network(3, ['10.1.0.11']);
  const first = freeAddress('10.1.0.0/16', taken);
  const has = (ip: string) => ip === first || taken.has(ip);
  expect(first).toBe('10.1.0.13');
  expect(freeAddress('10.1.0.0/28', { count: 3, has: (ip) => ip !== '10.1.0.11' })).toBe('10.1.0.11');
  expect(freeAddress('10.1.0.0/16', { count: 3, has })).toBe('10.1.0.14');
});

test('a network that is full is one clear sentence', () => {
  expect(() => freeAddress('10.1.0.0/28', { count: 5, has: () => true })).toThrow(
    'There is no free address left in 10.1.0.0/28.',
  );
});
