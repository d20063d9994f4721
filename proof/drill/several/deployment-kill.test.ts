import type { LabEvent } from '../../../lab/common/events';
import { MOMENTS } from './deployment-kill';

const call = (method: string, path: string): LabEvent => ({
  ...{ time: '2026-11-29T10:00:00.000Z', kind: 'api', method, path },
  ...{ status: 200, milliseconds: 1, requestId: 'a' },
});
const record = (id: number) => call('PUT', `/v2/domains/foobar.com/records/${id}`);

/** What a replacement of both web servers asks of the API, in its order. */
const DEPLOYMENT = [
  ...[call('GET', '/v2/droplets/1'), call('POST', '/v2/droplets'), call('POST', '/v2/droplets')],
  ...[record(1), record(2), record(3), record(4)],
  ...[call('POST', '/v2/droplets/1/actions'), call('DELETE', '/v2/droplets/1')],
];

test('a deployment is killed once both droplets are watched, once the first is led to, and once the first one goes', () => {
  const after = Object.values(MOMENTS).map((isTime) =>
    DEPLOYMENT.findIndex((_, i) => isTime(DEPLOYMENT.slice(0, i + 1))),
  );
  expect(after.map((i) => DEPLOYMENT[i]?.kind === 'api' && DEPLOYMENT[i])).toEqual([
    record(2),
    record(3),
    call('POST', '/v2/droplets/1/actions'),
  ]);
});
