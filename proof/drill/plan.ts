import { byHand, ours, type Stack, tutorial, tutorialFirewalled } from '../stack/compared-stacks';
import apiDelay from './api/api-delay';
import apiFault from './api/api-fault';
import wrongToken from './api/wrong-token';
import appKill from './app/app-kill';
import appPowerOff from './app/app-power-off';
import appReplace from './app/app-replace';
import release from './app/release';
import releaseByHand from './app/release-by-hand';
import baseUnderLoad from './backups/base-under-load';
import bucketOutage from './backups/bucket-outage';
import nightlyDump from './backups/nightly-dump';
import tableDrop from './backups/table-drop';
import volumeLoss from './backups/volume-loss';
import authorityOutage from './certificate/authority-outage';
import certificateRenewal from './certificate/certificate-renewal';
import databaseDiskFull from './database/database-disk-full';
import databasePowerOff from './database/database-power-off';
import databaseReplace from './database/database-replace';
import mysqlKill from './database/mysql-kill';
import activeLoadBalancerReplace from './load-balancer/active-load-balancer-replace';
import bothLinksCut from './load-balancer/both-links-cut';
import bothLoadBalancersReplace from './load-balancer/both-load-balancers-replace';
import clockSkew from './load-balancer/clock-skew';
import handover from './load-balancer/handover';
import haproxyFlap from './load-balancer/haproxy-flap';
import haproxyHang from './load-balancer/haproxy-hang';
import haproxyKill from './load-balancer/haproxy-kill';
import loadBalancerCut from './load-balancer/load-balancer-cut';
import loadBalancerPowerOff from './load-balancer/load-balancer-power-off';
import loadBalancerReboot from './load-balancer/load-balancer-reboot';
import loadBalancerReturn from './load-balancer/load-balancer-return';
import publicLinkCut from './load-balancer/public-link-cut';
import reservedIpDaemonKill from './load-balancer/reserved-ip-daemon-kill';
import dnsFault from './network/dns-fault';
import narrowPath from './network/narrow-path';
import networkPause from './network/network-pause';
import type { Drill } from './run/experiment';
import everyPort from './security/every-port';
import forgedAddress from './security/forged-address';
import idleAttack from './security/idle-attack';
import requestSmuggling from './security/request-smuggling';
import slowAttack from './security/slow-attack';
import ssrf from './security/ssrf';
import deployDuringFailover from './several/deploy-during-failover';
import deploymentKill from './several/deployment-kill';
import dropletLimit from './several/droplet-limit';
import everyDropletReboot from './several/every-droplet-reboot';
import everythingReplace from './several/everything-replace';
import patientVisitors from './several/patient-visitors';
import powerOffDuringReplacement from './several/power-off-during-replacement';
import seededCut from './several/seeded-cut';
import singleDropletReplace from './several/single-droplet-replace';
import slowUploads from './several/slow-uploads';
import webPowerOff from './web/web-power-off';
import webReplace from './web/web-replace';

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
  'active-load-balancer-replace': activeLoadBalancerReplace,
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
  'network-pause': networkPause,
  'narrow-path': narrowPath,
  'web-replace': webReplace,
  'app-replace': appReplace,
  'both-load-balancers-replace': bothLoadBalancersReplace,
  'everything-replace': everythingReplace,
  'slow-uploads': slowUploads,
  release,
  'single-droplet-replace': singleDropletReplace,
  'patient-visitors': patientVisitors,
  'deployment-kill': deploymentKill,
  'power-off-during-replacement': powerOffDuringReplacement,
  'droplet-limit': dropletLimit,
  'table-drop': tableDrop,
  'bucket-outage': bucketOutage,
  'volume-loss': volumeLoss,
  'nightly-dump': nightlyDump,
  'base-under-load': baseUnderLoad,
};

/** What the tutorial's stack goes through too, as often as ours: the faults of load balancers that it can have. */
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

/** Beside a release of ours: what people do on plain servers. */
const BY_HAND = 'by-hand';
/** Names that stand for drills on other stacks. */
const OTHERS = ['tutorial', BY_HAND];

/** The long version, for a night. */
const FULL_RUNS = 20;

/** Which drills there are to run. @throws one sentence when a name is none */
export function plans(
  names: readonly string[],
  { runs, full = false }: { runs?: number; full?: boolean } = {},
): Plan[] {
  const unknown = names.find((name) => !Object.hasOwn(DRILLS, name) && !OTHERS.includes(name));
  if (unknown !== undefined) {
    throw new Error(
      `There is no drill "${unknown}"; there are: ${[...Object.keys(DRILLS), ...OTHERS].join(', ')}.`,
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
  const hand = isWanted(BY_HAND) ? plansFor('release', byHand, releaseByHand) : [];
  const times = ({ runs: usual = 1 }: Drill) => runs ?? (full && usual > 1 ? FULL_RUNS : usual);
  return [
    ...own.filter(({ drill }) => full || !drill.isLong).map((plan) => ({ ...plan, runs: times(plan.drill) })),
    ...[...others, ...hand].map((plan) => ({ ...plan, runs: times(plan.drill) })),
  ];
}

function plansOf(name: string, stack: Stack): Omit<Plan, 'runs'>[] {
  return plansFor(name, stack, [DRILLS[name] ?? []].flat() as Drill[]);
}

function plansFor(name: string, stack: Stack, drills: readonly Drill[]): Omit<Plan, 'runs'>[] {
  return drills.map((drill) => ({
    key: [stack.name, name, ...(drill.variant ? [drill.variant] : [])].join('/'),
    ...{ stack: drill.stack ?? stack, name, drill },
  }));
}
