import { Ledger } from './fault-log';

const done: string[] = [];
const say = (what: string) => async () => void done.push(what);
let ledger: Ledger;
beforeEach(() => {
  done.length = 0;
  ledger = new Ledger();
});

test('what is still broken is mended in reverse, and what was mended before is not mended again', async () => {
  await ledger.break('a', say('break a'), say('mend a'));
  const b = await ledger.break('b', say('break b'), say('mend b'));
  await ledger.set('c', say('set c'), say('reset c'));
  await ledger.mend(b);
  await ledger.rollBack();
  await ledger.rollBack();
  expect(done).toEqual(['break a', 'break b', 'set c', 'mend b', 'reset c', 'mend a']);
  expect(ledger.run.map(({ activity }) => activity.name)).toEqual(['a', 'b', 'c', 'end: b']);
  expect(ledger.rollbacks.map(({ activity }) => activity.name)).toEqual(['end: c', 'end: a']);
});

test('a band lasts from before it is broken until it is mended; what is set has none', async () => {
  const before = Date.now();
  await ledger.break('a', say(''), say(''));
  await ledger.set('c', say(''), say(''));
  await ledger.disturb('d', say(''));
  const [open, momentary] = ledger.bands;
  expect([open?.to, ledger.bands.length]).toEqual([undefined, 2]);
  expect(open?.from).toBeGreaterThanOrEqual(before);
  expect(momentary?.to).toBeGreaterThanOrEqual(momentary?.from ?? 0);
  await ledger.rollBack();
  expect(open?.to).toBeGreaterThanOrEqual(open?.from ?? 0);
});

test('a band ends where its work throws', async () => {
  const fails = async () => Promise.reject(new Error('no such droplet'));
  await expect(ledger.break('a', fails, say(''))).rejects.toThrow('no such droplet');
  await expect(ledger.disturb('d', fails)).rejects.toThrow('no such droplet');
  expect(ledger.bands.map(({ what, to }) => [what, typeof to])).toEqual([
    ['a', 'number'],
    ['d', 'number'],
  ]);
});

test('what could not be broken is recorded as failed, and needs no mending', async () => {
  const broken = ledger.break('a', async () => Promise.reject(new Error('no such droplet')), say('mend a'));
  await expect(broken).rejects.toThrow('no such droplet');
  await ledger.rollBack();
  expect(done).toEqual([]);
  expect(ledger.run).toMatchObject([{ status: 'failed', output: 'no such droplet' }]);
});
