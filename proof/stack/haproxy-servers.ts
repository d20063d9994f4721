import { connect } from 'node:net';
import type { ServerProbe } from '../../lab/instance/server-states';

/** How long HAProxy may take to answer, in milliseconds. */
const PATIENCE = 1000;

/** State ("UP", "DOWN") by "backend/address", from the statistics of the HAProxy in a droplet; undefined without one. */
const haproxyServers: ServerProbe = (initPid) =>
  new Promise((resolve) => {
    let answer = '';
    const socket = connect(`/proc/${initPid}/root/run/haproxy/admin.sock`)
      .setTimeout(PATIENCE, () => socket.destroy())
      .on('connect', () => socket.end('show stat\n'))
      .on('data', (data) => {
        answer += data;
      })
      .on('error', () => resolve(undefined))
      .on('close', () => resolve(answer ? serversIn(answer) : undefined));
  });

export default haproxyServers;

/** The servers of which HAProxy knows the state: those that it checks. */
export function serversIn(statistics: string): ReadonlyMap<string, string> {
  const [header = '', ...lines] = statistics.replace(/^# /, '').trim().split('\n');
  const columns = header.split(',');
  const rows = lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
  });
  const servers = rows.filter(
    // A slot of the server-template that no address has taken is in maintenance for want of resolution.
    ({ svname = '', status = '' }) =>
      !['FRONTEND', 'BACKEND'].includes(svname) && !status.startsWith('MAINT') && status !== 'no check',
  );
  return new Map(
    servers.map(({ pxname, addr, status }) => [`${pxname}/${addr}`, status?.split(' ')[0] ?? '']),
  );
}
