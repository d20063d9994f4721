import { KnownFaults } from './known-faults';

const done: string[] = [];
const say = (what: string) => () => void done.push(what);
let faults: KnownFaults;
beforeEach(() => {
  done.length = 0;
  faults = new KnownFaults((what, set) => done.push(`${set ? 'set' : 'over'}: ${what}`));
});

test('one fault is mended by its name, and the others are still there and known', async () => {
  faults.replace('pub-1', 'link 1: slow', say('mend link 1'));
  faults.replace('pub-2', 'link 2: slow', say('mend link 2'));
  faults.add('cut', say('mend cut'));
  await faults.mend('link 1: slow');
  expect(faults.names).toEqual(['link 2: slow', 'cut']);
  expect(done.slice(3)).toEqual(['mend link 1', 'over: link 1: slow']);
  await faults.mend();
  expect(faults.names).toEqual([]);
});

test('what can have one fault only is known by its last', async () => {
  faults.replace('pub-1', 'link 1: slow', say('mend slow'));
  faults.replace('pub-1', 'link 1: lossy', say('mend lossy'));
  expect(faults.names).toEqual(['link 1: lossy']);
  await faults.mend();
  expect(done).toEqual([
    'set: link 1: slow',
    'over: link 1: slow',
    'set: link 1: lossy',
    'mend lossy',
    'over: link 1: lossy',
  ]);
});

test('what was broken twice is mended twice, and told once', async () => {
  faults.add('cut', say('mend first'));
  faults.add('cut', say('mend second'));
  expect(faults.names).toEqual(['cut']);
  await faults.mend('cut');
  expect(done.slice(2)).toEqual(['mend first', 'mend second', 'over: cut']);
});

test('what could not be mended is still known and can be mended later, and does not keep the others', async () => {
  let problem: Error | undefined = new Error('nft is busy');
  faults.add('cut', async () => {
    if (problem) throw problem;
  });
  faults.add('slow', say('mend slow'));
  await expect(faults.mend()).rejects.toThrow('nft is busy');
  expect([faults.names, done]).toEqual([['cut'], ['set: cut', 'set: slow', 'mend slow', 'over: slow']]);
  problem = undefined;
  await faults.mend('cut');
  expect(faults.names).toEqual([]);
});
