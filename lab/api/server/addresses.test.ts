import { freeAddress } from './addresses';

const CIDR = '10.1.0.0/16';

/** A network of which so many of the first addresses are taken; and how often it was looked up. */
function network(count: number) {
  const taken = new Set<string>();
  const counter = { lookups: 0 };
  const cloud = { lastGiven: new Map<string, number>() };
  const has = (ip: string) => {
    counter.lookups++;
    return taken.has(ip);
  };
  const give = (cidr = CIDR) => {
    const ip = freeAddress(cloud, cidr, { count: taken.size, has });
    taken.add(ip);
    return ip;
  };
  for (let n = 0; n < count; n++) give();
  counter.lookups = 0;
  return { taken, counter, give, forget: () => cloud.lastGiven.clear() };
}

test('the next address is found at the first look, however many there are, also after a restart', () => {
  const { give, counter, forget } = network(5000);
  expect([give(), counter.lookups]).toEqual(['10.1.19.146', 1]);
  forget();
  expect([give(), counter.lookups]).toEqual(['10.1.19.147', 2]);
});

test('an address that was given back is given again only when all others were', () => {
  const { give, taken } = network(0);
  const given = Array.from({ length: 3 }, () => give('10.1.0.0/28'));
  for (const ip of given) taken.delete(ip);
  expect(given).toEqual(['10.1.0.10', '10.1.0.11', '10.1.0.12']);
  expect(Array.from({ length: 3 }, () => give('10.1.0.0/28'))).toEqual([
    '10.1.0.13',
    '10.1.0.14',
    '10.1.0.10',
  ]);
});

test('a network that is full is one clear sentence', () => {
  const cloud = { lastGiven: new Map<string, number>() };
  expect(() => freeAddress(cloud, '10.1.0.0/28', { count: 5, has: () => true })).toThrow(
    'There is no free address left in 10.1.0.0/28.',
  );
});
