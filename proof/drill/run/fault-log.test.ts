import { FaultLog } from './fault-log';

const done: string[] = [];
const say = (what: string) => async () => void done.push(what);
let faultLog: FaultLog;
beforeEach(() => {
  done.length = 0;
  faultLog = new FaultLog();
});

test('what is still broken is mended in reverse, and what was mended before is not mended again', async () => {
  await faultLog.break('a', say('break a'), say('mend a'));
  const b = await faultLog.break('b', say('break b'), say('mend b'));
  await faultLog.set('c', say('set c'), say('reset c'));
  await faultLog.mend(b);
  await faultLog.rollBack();
  await faultLog.rollBack();
  expect(done).toEqual(['break a', 'break b', 'set c', 'mend b', 'reset c', 'mend a']);
  expect(faultLog.run.map(({ activity }) => activity.name)).toEqual(['a', 'b', 'c', 'end: b']);
  expect(faultLog.rollbacks.map(({ activity }) => activity.name)).toEqual(['end: c', 'end: a']);
});

test('a fault lasts from before it is broken until it is mended; what is set has none', async () => {
  const before = Date.now();
  await faultLog.break('a', say(''), say(''));
  await faultLog.set('c', say(''), say(''));
  await faultLog.disturb('d', say(''));
  const [open, momentary] = faultLog.faults;
  expect([open?.to, faultLog.faults.length]).toEqual([undefined, 2]);
  expect(open?.from).toBeGreaterThanOrEqual(before);
  expect(momentary?.to).toBeGreaterThanOrEqual(momentary?.from ?? 0);
  await faultLog.rollBack();
  expect(open?.to).toBeGreaterThanOrEqual(open?.from ?? 0);
});

test('a fault ends where its work throws', async () => {
  const fails = async () => Promise.reject(new Error('no such droplet'));
  await expect(faultLog.break('a', fails, say(''))).rejects.toThrow('no such droplet');
  await expect(faultLog.disturb('d', fails)).rejects.toThrow('no such droplet');
  expect(faultLog.faults.map(({ what, to }) => [what, typeof to])).toEqual([
    ['a', 'number'],
    ['d', 'number'],
  ]);
});

test('what could not be broken is recorded as failed, and needs no mending', async () => {
  const broken = faultLog.break('a', async () => Promise.reject(new Error('no such droplet')), say('mend a'));
  await expect(broken).rejects.toThrow('no such droplet');
  await faultLog.rollBack();
  expect(done).toEqual([]);
  expect(faultLog.run).toMatchObject([{ status: 'failed', output: 'no such droplet' }]);
});
