import type { PatientReport } from '../../load/patient-client';
import { oursWithReleases } from '../../stack/compared-stacks';
import type { Drill } from '../run/experiment';

const ALL = ['load-balancer-1', 'load-balancer-2', 'web-1', 'web-2', 'app-1', 'app-2'];
const SECONDS = 5;

/** Of what visitors with patience met, all that is not as it should be. */
export function complaints(
  { answers, unanswered, sockets, refused }: PatientReport,
  firstShutdown: number | undefined,
): string[] {
  const early = sockets.filter(({ ended = Number.POSITIVE_INFINITY }) => ended < (firstShutdown ?? 0));
  return [
    ...(answers > 50 ? [] : [`only ${answers} answers`]),
    ...(unanswered.length > 0 ? [`${unanswered.length} without an answer (${unanswered[0]})`] : []),
    ...(refused.length > 0 ? [`${refused.length} web sockets refused (${refused[0]})`] : []),
    ...(early.length > 0 ? [`${early.length} web sockets ended before any droplet went`] : []),
    ...(firstShutdown === undefined ? ['no droplet went'] : []),
  ];
}

export default {
  number: 42,
  title: `Visitors wait ${SECONDS} s for answers, and keep web sockets, while all load balancers, web and app servers are replaced by one deployment`,
  hypothesis:
    'Each gets its answer. A web socket ends with the droplet that carries it, not before, and is opened anew at once.',
  stack: oursWithReleases,
  limits: { gap: 0.5, failed: 0, unknown: 0, moves: 1 },
  calm: 5,
  async method(lab) {
    const begun = Date.now();
    const stop = await lab.patientVisitors(SECONDS);
    await lab.replace(...ALL);
    await lab.untilWhole(120);
    const report = await stop();
    const ended = report.sockets.filter((socket) => socket.ended !== undefined).length;
    await lab.find(
      `${report.answers} answers after ${SECONDS} s; ${ended} of ${report.sockets.length} web sockets ended with a droplet`,
    );
    const found = complaints(report, lab.firstShutdown(begun));
    await lab.expect(
      `no visitor with patience has a complaint${found.map((one) => `; ${one}`).join('')}`,
      async () => found.length === 0,
    );
  },
} satisfies Drill;
