import { complaints } from './patient-visitors';

const GOOD = { answers: 90, unanswered: [], sockets: [{ opened: 1 }, { opened: 1, ended: 60 }], refused: [] };

test('visitors with patience have no complaint about web sockets that end once droplets go', () => {
  expect(complaints(GOOD, 50)).toEqual([]);
});

test('visitors with patience complain of what never came, was refused, or ended too early, and of a drill that did nothing', () => {
  expect(complaints({ ...GOOD, answers: 3 }, 50)).toEqual(['only 3 answers']);
  expect(complaints({ ...GOOD, unanswered: ['502', '503'] }, 50)).toEqual(['2 without an answer (502)']);
  expect(complaints({ ...GOOD, refused: ['no web socket, but 503'] }, 50)).toEqual([
    '1 web sockets refused (no web socket, but 503)',
  ]);
  expect(complaints(GOOD, 61)).toEqual(['1 web sockets ended before any droplet went']);
  expect(complaints(GOOD, undefined)).toEqual(['no droplet went']);
});
