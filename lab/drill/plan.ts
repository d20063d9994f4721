import apiDelay from './api-delay';
import apiFault from './api-fault';
import appKill from './app-kill';
import appPowerOff from './app-power-off';
import authorityOutage from './authority-outage';
import bothLinksCut from './both-links-cut';
import certificateRenewal from './certificate-renewal';
import clockSkew from './clock-skew';
import databaseDiskFull from './database-disk-full';
import databasePowerOff from './database-power-off';
import databaseReplace from './database-replace';
import deployDuringFailover from './deploy-during-failover';
import dnsFault from './dns-fault';
import everyDropletReboot from './every-droplet-reboot';
import everyPort from './every-port';
import type { Drill } from './experiment';
import forgedAddress from './forged-address';
import handover from './handover';
import haproxyFlap from './haproxy-flap';
import haproxyHang from './haproxy-hang';
import haproxyKill from './haproxy-kill';
import idleAttack from './idle-attack';
import loadBalancerCut from './load-balancer-cut';
import loadBalancerPowerOff from './load-balancer-power-off';
import loadBalancerReboot from './load-balancer-reboot';
import loadBalancerReplace from './load-balancer-replace';
import loadBalancerReturn from './load-balancer-return';
import mysqlKill from './mysql-kill';
import publicLinkCut from './public-link-cut';
import requestSmuggling from './request-smuggling';
import reservedIpDaemonKill from './reserved-ip-daemon-kill';
import seededCut from './seeded-cut';
import slowAttack from './slow-attack';
import ssrf from './ssrf';
import { ours, type Stack, tutorial, tutorialFirewalled } from './stack';
import webPowerOff from './web-power-off';
import wrongToken from './wrong-token';

/** One drill on one stack, so often. */
export interface Plan {
  /** "ours/handover/reboot, open connections stay" */
  readonly key: string;
  readonly stack: Stack;
  readonly name: string;
  readonly drill: Drill;
  readonly runs: number;
}

export const API_DELAY = 'api-delay';

/** By name, which is also that of the file, in the order in which they run. */
export const DRILLS: Readonly<Record<string, Drill | readonly Drill[]>> = {
  'load-balancer-power-off': loadBalancerPowerOff,
  'haproxy-kill': haproxyKill,
  'haproxy-hang': haproxyHang,
  'reserved-ip-daemon-kill': reservedIpDaemonKill,
  'load-balancer-cut': loadBalancerCut,
  'public-link-cut': publicLinkCut,
  'both-links-cut': bothLinksCut,
  'haproxy-flap': haproxyFlap,
  handover,
  'load-balancer-reboot': loadBalancerReboot,
  'load-balancer-return': loadBalancerReturn,
  'api-fault': apiFault,
  [API_DELAY]: apiDelay,
  'load-balancer-replace': loadBalancerReplace,
  'web-power-off': webPowerOff,
  'app-power-off': appPowerOff,
  'app-kill': appKill,
  'dns-fault': dnsFault,
  'mysql-kill': mysqlKill,
  'database-power-off': databasePowerOff,
  'database-disk-full': databaseDiskFull,
  'database-replace': databaseReplace,
  'every-droplet-reboot': everyDropletReboot,
  'certificate-renewal': certificateRenewal,
  'authority-outage': authorityOutage,
  'slow-attack': slowAttack,
  'idle-attack': idleAttack,
  'request-smuggling': requestSmuggling,
  'forged-address': forgedAddress,
  ssrf,
  'every-port': everyPort,
  'wrong-token': wrongToken,
  'deploy-during-failover': deployDuringFailover,
  'clock-skew': clockSkew,
  'seeded-cut': seededCut,
};

/** What the tutorial's stack goes through too, once: the faults of load balancers that it can have. */
const COMPARED = [
  'load-balancer-power-off',
  'haproxy-kill',
  'haproxy-hang',
  'public-link-cut',
  'both-links-cut',
  'load-balancer-reboot',
  'load-balancer-return',
];
/** And those of them in which a cloud firewall makes a difference. */
const COMPARED_FIREWALLED = [
  'load-balancer-power-off',
  'haproxy-kill',
  'both-links-cut',
  'load-balancer-reboot',
];

/** The long version, for a night. */
const FULL_RUNS = 20;

/** Which drills there are to run. @throws one sentence when a name is none */
export function plans(
  names: readonly string[],
  { runs, full = false }: { runs?: number; full?: boolean } = {},
): Plan[] {
  const unknown = names.find((name) => !Object.hasOwn(DRILLS, name) && name !== 'tutorial');
  if (unknown !== undefined) {
    throw new Error(
      `There is no drill "${unknown}"; there are: ${[...Object.keys(DRILLS), 'tutorial'].join(', ')}.`,
    );
  }
  const isWanted = (name: string) => names.length === 0 || names.includes(name);
  const own = Object.keys(DRILLS)
    .filter(isWanted)
    .flatMap((name) => plansOf(name, ours));
  const others = isWanted('tutorial')
    ? [
        ...[...COMPARED, API_DELAY].flatMap((name) => plansOf(name, tutorial)),
        ...COMPARED_FIREWALLED.flatMap((name) => plansOf(name, tutorialFirewalled)),
      ]
    : [];
  const times = ({ runs: usual = 1 }: Drill) => runs ?? (full && usual > 1 ? FULL_RUNS : usual);
  return [
    ...own.map((plan) => ({ ...plan, runs: times(plan.drill) })),
    ...others.map((plan) => ({ ...plan, runs: runs ?? 1 })),
  ];
}

function plansOf(name: string, stack: Stack): Omit<Plan, 'runs'>[] {
  const drills = [DRILLS[name] ?? []].flat() as Drill[];
  return drills.map((drill) => ({
    key: [stack.name, name, ...(drill.variant ? [drill.variant] : [])].join('/'),
    ...{ stack, name, drill },
  }));
}
