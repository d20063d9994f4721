import { audit } from './audit';
import type { Sample } from './sample';

const write = (key: string, outcome: Sample['outcome'], id?: number): Sample => ({
  ...{ index: 0, kind: 'write', kept: true, due: 0, sent: 0, done: 0, outcome, key, id },
});

test('an acknowledged write must be there under its number; one that was not may be', () => {
  const writes = [
    write('a', 'ok', 1),
    write('b', 'ok', 2),
    write('c', 'ok', 3),
    write('d', 'unknown'),
    write('e', 'failed'),
  ];
  const notes = [
    { id: 1, text: 'a' },
    { id: 7, text: 'b' },
    { id: 8, text: 'd' },
  ];
  expect(audit(writes, notes)).toEqual({
    acknowledged: 3,
    lost: ['b', 'c'],
    twice: [],
    setAside: 0,
    unacknowledged: 1,
  });
});

test('what was acknowledged in a time that is given up may be gone, and is counted', () => {
  const writes = [1, 2, 3].map((done) => ({ ...write(String(done), 'ok', done), done }));
  expect(audit(writes, [], { from: 2, to: 3 })).toMatchObject({ lost: ['1'], setAside: 2 });
});

test('a write that is there more than once is told, acknowledged or not', () => {
  const notes = [1, 2].flatMap((id) => [
    { id, text: 'a' },
    { id: id + 10, text: 'b' },
  ]);
  expect(audit([write('a', 'ok', 1), write('b', 'unknown')], notes).twice).toEqual(['a', 'b']);
});
