import type { DropletStatus } from '../../lab/instance/lab';
import { Actions } from '../drill/run/actions';
import { FaultLog } from '../drill/run/fault-log';
import type { Load } from '../load/load';
import type { Sample } from '../load/sample';
import { ours } from '../stack/compared-stacks';
import { Site } from '../stack/running-stack';
import { unexplained } from './impossible-answers';
import { type Move, movesIn } from './moves';

const [ONE, TWO] = [400_000_012, 400_000_014];
const request = (sent: number, done: number, outcome: Sample['outcome'] = 'ok'): Sample => ({
  ...{ index: 0, kind: 'static', kept: true, due: sent, sent, done, outcome },
});
/** As the lab tells it: by the droplet's whole name. */
const moves = movesIn([
  {
    ...{ time: new Date(9000).toISOString(), kind: 'reserved-ip', ip: '198.19.0.10' },
    ...{ dropletId: TWO, name: 'production-load-balancer-2' },
  },
]);
const earlier: Move[] = moves.map((move) => ({ ...move, time: 500 }));

/** A stack whose lab does as it is told, without a lab. */
class Told extends Site {
  override async tell<T>(): Promise<T> {
    return { what: 'told' } as T;
  }
  override async droplet(name: string): Promise<DropletStatus> {
    return { id: name === 'load-balancer-1' ? ONE : TWO } as DropletStatus;
  }
}
/** What a drill noted that does so, as if from 1000 on. */
async function faultsOf(work: (actions: Actions) => Promise<unknown>, to?: number) {
  const roles = { active: 'load-balancer-1', standby: 'load-balancer-2', seed: 1 };
  const actions = new Actions(new Told('no-lab', ours), {} as Load, roles);
  await work(actions);
  return actions.faults.map((fault) => ({ ...fault, from: 1000, to }));
}

const outages: [string, (droplet: string) => (actions: Actions) => Promise<unknown>][] = [
  ['power off', (droplet) => (actions) => actions.powerOff(droplet)],
  ['cut from everyone', (droplet) => (actions) => actions.cut(`${droplet}:public`, 'everyone')],
];

describe.each(outages)('a load balancer that is %s', (_, outage) => {
  test('answers nobody until the Reserved IP has moved', async () => {
    const strange = request(5000, 5005);
    const early = request(900, 1010);
    const late = request(5000, 9010);
    const lost = request(5000, 5005, 'failed');
    const faults = await faultsOf(outage('load-balancer-1'));
    expect(unexplained([early, strange, late, lost], ONE, { faults, moves })).toEqual([strange]);
  });

  test('nor until it is mended, if nothing moves', async () => {
    const faults = await faultsOf(outage('load-balancer-1'), 4000);
    const samples = [request(2000, 2005), request(5000, 5005)];
    expect(unexplained(samples, ONE, { faults, moves: [] })).toHaveLength(1);
  });

  test('is missed only while it holds the Reserved IP, also when that has moved to it', async () => {
    const samples = [request(5000, 5005)];
    const [first, second] = [
      await faultsOf(outage('load-balancer-1')),
      await faultsOf(outage('load-balancer-2')),
    ];
    expect(unexplained(samples, ONE, { faults: second, moves })).toEqual([]);
    expect(unexplained(samples, ONE, { faults: first, moves: earlier })).toEqual([]);
    expect(unexplained(samples, ONE, { faults: second, moves: earlier })).toHaveLength(1);
  });
});

test('a link that still lets packets through one way, or to some, explains nothing', async () => {
  const samples = [request(5000, 5005)];
  for (const cut of [
    (actions: Actions) => actions.cut('load-balancer-1:public', 'everyone', true),
    (actions: Actions) => actions.cut('load-balancer-1:public', 'client'),
    (actions: Actions) => actions.cut('load-balancer-1', 'everyone'),
  ]) {
    const faults = await faultsOf(cut);
    expect([faults.length, unexplained(samples, ONE, { faults, moves: [] })]).toEqual([1, []]);
  }
});

test('what is broken without a word about visitors cuts nobody off', async () => {
  const faultLog = new FaultLog();
  await faultLog.break(
    'the volume is full',
    async () => {},
    async () => {},
  );
  expect(unexplained([request(5000, 5005)], ONE, { faults: faultLog.faults, moves: [] })).toEqual([]);
});
