import { Events } from '../common/events';
import { type Candidate, ServerStates } from './server-states';

const SECOND = 1000;
const LOAD_BALANCER = 'load-balancer-1';

let candidate: Candidate;
let answer: () => Promise<ReadonlyMap<string, string> | undefined>;
let states: ServerStates;
const told: string[] = [];

beforeEach(() => {
  jest.useFakeTimers();
  told.length = 0;
  const events = new Events();
  events.on((event) => event.kind === 'server' && told.push(`${event.server} ${event.state}`));
  candidate = { name: LOAD_BALANCER, initPid: 7 };
  answer = async () => new Map([['web/10.0.0.1', 'UP']]);
  states = new ServerStates(
    () => [candidate],
    () => answer(),
    events,
  );
});

afterEach(() => {
  states.close();
  jest.useRealTimers();
});

const look = () => jest.advanceTimersByTimeAsync(SECOND);

test('each server that goes up or down is told once', async () => {
  await look();
  await look();
  answer = async () => new Map([['web/10.0.0.1', 'DOWN']]);
  await look();
  expect(told).toEqual(['web/10.0.0.1 UP', 'web/10.0.0.1 DOWN']);
  expect(states.of(LOAD_BALANCER)).toEqual({ 'web/10.0.0.1': 'DOWN' });
});

test.each<[string, () => void]>([
  [
    'has no power',
    () => {
      candidate = { name: LOAD_BALANCER, initPid: undefined };
    },
  ],
  [
    'does not answer',
    () => {
      answer = async () => undefined;
    },
  ],
  [
    'answers what nobody understands',
    () => {
      answer = () => Promise.reject(new Error('no statistics'));
    },
  ],
])('a load balancer that %s says nothing of its servers', async (_what, happens) => {
  await look();
  happens();
  await look();
  expect(states.of(LOAD_BALANCER)).toEqual({});
});

test('what a load balancer said before it was silent for a while is not told again', async () => {
  await look();
  const said = answer;
  answer = async () => undefined;
  await look();
  answer = said;
  await look();
  expect(states.of(LOAD_BALANCER)).toEqual({ 'web/10.0.0.1': 'UP' });
  expect(told).toEqual(['web/10.0.0.1 UP']);
});
