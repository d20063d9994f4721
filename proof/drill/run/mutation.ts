import type { Site } from '../../stack/running-stack';

/** What a drill tests, taken out: a drill that does not notice is worthless. */
export interface Mutation {
  /** In words, after "seen failing when". */
  readonly what: string;
  readonly where: readonly string[];
  /** Shell commands, run on each of these droplets while nothing is missing. They fail when they change nothing. */
  readonly script: string;
  /** What is done to the account besides. @default - nothing */
  readonly account?: (site: Site) => Promise<unknown>;
  /** Of a drill that is different each time: one that needs what is taken out. @default 1 */
  readonly seed?: number;
}

const BALANCERS = ['load-balancer-1', 'load-balancer-2'];
const WEB = ['web-1', 'web-2'];
const APPS = ['app-1', 'app-2'];

const edit = (file: string, from: string, to: string) =>
  `cp ${file} /tmp/before && sed -i -E 's~${from}~${to}~' ${file} && ! cmp -s ${file} /tmp/before`;
/** Edits of the Reserved IP daemon, each in one of its modules. */
const daemon = (...edits: [module: string, from: string, to: string][]) =>
  [
    ...edits.map(([module, from, to]) => edit(`/usr/local/lib/scale-up/reserved_ip/${module}.py`, from, to)),
    'systemctl restart scale-up-reserved-ip',
  ].join(' && ');
const haproxy = (from: string, to: string) =>
  `${edit('/etc/haproxy/haproxy.cfg', from, to)} && systemctl reload haproxy`;
const nginx = (from: string, to: string) =>
  `${edit('/etc/nginx/nginx.conf', from, to)} && systemctl reload nginx`;
const dropIn = (unit: string, ...lines: string[]) =>
  `mkdir -p /run/systemd/system/${unit}.service.d && printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} > /run/systemd/system/${unit}.service.d/99-mutation.conf && systemctl daemon-reload`;

const slowToSee: Mutation = {
  what: 'a load balancer waits for 40 bad rounds of probes instead of 3',
  where: BALANCERS,
  script: daemon(['decision', '^FAST = 3 ', 'FAST = 40 ']),
};
const noHandover: Mutation = {
  what: 'HAProxy stops without a handover (20-handover.conf removed)',
  where: BALANCERS,
  script: 'rm /etc/systemd/system/haproxy.service.d/20-handover.conf && systemctl daemon-reload',
};
const CLAIMS_ALWAYS: [module: string, from: string, to: string] = [
  'decision',
  '^    if f.unheld >= .*',
  '    if f.index == 1 and f.ready:',
];
const takesBack: Mutation = {
  what: 'load balancer 1 claims the Reserved IP whenever it is ready, as priorities would have it',
  where: BALANCERS,
  script: `${daemon(CLAIMS_ALWAYS)} && sleep 5`, // it has claimed it then
};
const backups = (module: string, from: string, to: string) =>
  edit(`/usr/local/lib/scale-up/backups/${module}.py`, from, to);
const comparesEventTime: Mutation = {
  what: 'the replay goes on to the end of the logs',
  where: ['database-1'],
  script: backups('replay', 'one.committed > until', 'False'),
};
const forgetsWhatIsNotThere: Mutation = {
  what: 'binary logs go from the volume before they are in the bucket',
  where: ['database-1'],
  script: backups(
    'binary_logs',
    '^    held = in_order\\(places.LOGS\\)$',
    '    held = in_order(places.LOGS)\\n    for path in held[:-1]: path.unlink()\\n    held = held[-1:]',
  ),
};
const believedFit: Mutation = {
  what: 'the load balancers call every new server fit, whatever it answers',
  where: BALANCERS,
  script: daemon(['changes', '^    trouble = service and .*', '    trouble = None']),
};
const keepsWhatItHolds: Mutation = {
  what: 'a load balancer that has lost its name keeps the Reserved IP and hands it to nobody, and calls itself used',
  where: BALANCERS,
  script: `${daemon(['decision', '^        to = successor\\(f\\) if .*', '        to = None'], ['changes', '^        "used": .*', '        "used": True,'])} && rm /etc/systemd/system/haproxy.service.d/20-handover.conf && systemctl daemon-reload`,
};
const ledAtOnce: Mutation = {
  what: 'visitors are led to a release as soon as its container runs, and Nginx asks no second app server',
  where: [...APPS, ...WEB],
  script: [
    'case $(hostname) in',
    `*-app-*) ${edit('/usr/local/lib/scale-up/releases.py', '^        elif new\\.healthy:', '        elif new.is_running():')} && systemctl restart app;;`,
    `*) ${nginx('proxy_next_upstream error timeout;', 'proxy_next_upstream off;')};;`,
    'esac',
  ].join('\n'),
};
const longPauses: Mutation = {
  what: 'every failure of the API is answered by a pause of two minutes',
  where: BALANCERS,
  script: daemon(
    ['move', '^REFUSED_PAUSE = 60', 'REFUSED_PAUSE = 120'],
    ['move', '    elif status in .*', '    elif False:'],
    ['move', '    if status == 429:', '    if False:'],
  ),
};
const oneUpstream: Mutation = {
  what: 'Nginx asks no second app server (proxy_next_upstream off)',
  where: WEB,
  script: nginx('proxy_next_upstream error timeout;', 'proxy_next_upstream off;'),
};
const deafToPublicSide: Mutation = {
  what: "a load balancer ignores that its peer's public side is broken",
  where: BALANCERS,
  script: daemon(['facts', '        public = peer.*', '        public = True']),
};
/** As somebody would who looks for a fault by hand. */
async function openSsh(site: Site): Promise<void> {
  const { firewalls } = await site.api<{ firewalls: Firewall[] }>('GET', '/v2/firewalls');
  const database = firewalls.find(({ name }) => name.endsWith('-database'));
  const rule = { protocol: 'tcp', ports: '22', sources: { addresses: ['0.0.0.0/0'] } };
  const inbound_rules = [...(database?.inbound_rules ?? []), rule];
  await site.api('PUT', `/v2/firewalls/${database?.id}`, { ...database, inbound_rules });
}

interface Firewall {
  readonly id: string;
  readonly name: string;
  readonly inbound_rules: readonly object[];
}

const lazyCommits: Mutation = {
  what: 'MySQL writes its logs once a second (innodb_flush_log_at_trx_commit = 0, sync_binlog = 0)',
  where: ['database-1'],
  script: 'mysql --execute="SET GLOBAL innodb_flush_log_at_trx_commit = 0, GLOBAL sync_binlog = 0"',
};
/** @param place a folder that is not the volume's */
const dataElsewhere = (place: string) =>
  `systemctl stop mysql && cp -a /var/lib/mysql ${place} && mount --bind ${place}/mysql /var/lib/mysql && systemctl start mysql`;

/** What is not acknowledged is given up within a second and a half. */
const impatient = 'sysctl --quiet --write net.ipv4.tcp_retries2=1';
const keptForWrites: Mutation = {
  what: 'HAProxy sends writes by connections that it keeps, and gives up soon',
  where: BALANCERS,
  script: `${edit('/etc/haproxy/haproxy.cfg', ' tcp-ut [37]s', ' tcp-ut 1s')} && ${haproxy('^    use_backend web-once .*', '')}`,
};
const keptBehindNginx: Mutation = {
  what: 'Nginx sends writes by connections that it keeps, and the kernel gives up soon',
  where: WEB,
  script: `${impatient} && ${nginx('default app-once;', 'default app;')}`,
};
const impatientPool: Mutation = {
  what: 'the application waits a tenth of a second for a connection',
  where: ['app-1', 'app-2'],
  script: `${edit('/opt/app/database.py', '^POOL_SECONDS = 5', 'POOL_SECONDS = 0.1')} && systemctl restart app`,
};

/** By name of the drill, or by name and variant where these differ. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'load-balancer-power-off': slowToSee,
  'haproxy-kill': {
    what: 'systemd waits a second before it starts HAProxy again',
    where: BALANCERS,
    script: dropIn('haproxy', '[Service]', 'RestartSec=1s'),
  },
  'haproxy-hang': slowToSee,
  'reserved-ip-daemon-kill': {
    what: 'HAProxy is bound to the daemon (BindsTo=)',
    where: BALANCERS,
    script: dropIn('haproxy', '[Unit]', 'BindsTo=scale-up-reserved-ip.service'),
  },
  'load-balancer-cut': {
    what: 'a load balancer claims the Reserved IP when its peer is silent, whatever visitors see',
    where: BALANCERS,
    script: daemon([
      'decision',
      '    if seen and bad >= FAST and peer_bad >= FAST:',
      '    if peer_bad >= FAST:',
    ]),
  },
  'public-link-cut': deafToPublicSide,
  'both-links-cut': slowToSee,
  'haproxy-flap': {
    what: 'load balancer 1 claims the Reserved IP whenever it is ready, one bad round is enough, there is no cool-off, and systemd waits a second before it starts HAProxy again',
    where: BALANCERS,
    script: `${dropIn('haproxy', '[Service]', 'RestartSec=1s')} && ${daemon(['decision', '^FAST = 3 ', 'FAST = 1 '], ['move', '^COOL_OFF = 300', 'COOL_OFF = 0'], CLAIMS_ALWAYS)}`,
  },
  handover: {
    what: 'the command does nothing',
    where: BALANCERS,
    script: daemon(['pages', '    if not f.holder:', '    if True:']),
  },
  'load-balancer-reboot': noHandover,
  'load-balancer-return': takesBack,
  'api-fault': longPauses,
  'api-fault/answers after 10 s': {
    what: 'a load balancer waits no longer than 5 s for an answer of the API',
    where: BALANCERS,
    script: daemon(['api', 'settimeout\\(12\\)', 'settimeout(5)']),
  },
  'api-fault/accepts, and does it only after 70 s': slowToSee,
  'active-load-balancer-replace': noHandover,
  'web-power-off': {
    what: 'HAProxy ends all sessions of a server that it marks down (shutdown-sessions)',
    where: BALANCERS,
    script: haproxy('on-error mark-down', 'on-error mark-down on-marked-down shutdown-sessions'),
  },
  'app-power-off': oneUpstream,
  'app-kill': oneUpstream,
  'app-kill/hangs': {
    what: 'a load balancer sends each web server ten requests at a time (maxconn 10)',
    where: BALANCERS,
    script: haproxy('default-server check inter 1s', 'default-server maxconn 10 check inter 1s'),
  },
  'dns-fault': {
    what: 'HAProxy keeps addresses for five seconds only',
    where: BALANCERS,
    script: haproxy('( hold (nx|refused|timeout|other)) +7d', '\\1 5s'),
  },
  'mysql-kill': lazyCommits,
  'database-power-off': {
    what: "MySQL's data is in memory",
    where: ['database-1'],
    script: `mkdir /run/data && mount -t tmpfs tmpfs /run/data && ${dataElsewhere('/run/data')}`,
  },
  'database-disk-full': {
    what: 'the application does not look whether the database is back',
    where: ['app-1', 'app-2'],
    script: `${edit('/opt/app/database.py', '^PROBE_SECONDS = 1', 'PROBE_SECONDS = 100000')} && systemctl restart app`,
  },
  'database-replace': {
    what: "MySQL's data is on the droplet's own disk",
    where: ['database-1'],
    script: dataElsewhere('/srv'),
  },
  'every-droplet-reboot': noHandover,
  'certificate-renewal': {
    what: 'HAProxy is restarted to take the new certificate',
    where: BALANCERS,
    script: edit(
      '/usr/local/sbin/scale-up-certificate',
      '^        write\\(SITE, obtain\\(names\\)\\)',
      '&; run("systemctl", "restart", "haproxy")',
    ),
  },
  'authority-outage': {
    what: 'the daemon does not look how much is left of a certificate',
    where: BALANCERS,
    script: daemon(['looks', '    if left < .*', '    if False:']),
  },
  'slow-attack': {
    what: 'HAProxy may have 600 open files, which is less than 300 connections',
    where: BALANCERS,
    script: `${dropIn('haproxy', '[Service]', 'LimitNOFILE=600')} && systemctl restart haproxy`,
  },
  'idle-attack': {
    what: 'the public side of HAProxy takes 2,000 connections only',
    where: BALANCERS,
    script: haproxy('maxconn 9500', 'maxconn 2000'),
  },
  'request-smuggling': {
    what: 'Nginx sends each request on twice',
    where: WEB,
    script: nginx(
      '^        location @app .*',
      '        location = /mirror { internal; proxy_pass http://app$request_uri; }\\n&\\n            mirror /mirror;',
    ),
  },
  'forged-address': {
    what: 'HAProxy drops no header that says where a request comes from',
    where: BALANCERS,
    script: haproxy('http-request del-header .*', ''),
  },
  ssrf: {
    what: 'the metadata address is open to all users of the app droplet (nftables rule removed)',
    where: ['app-1'],
    script: 'nft delete table inet metadata',
  },
  'every-port': {
    what: "one rule too many is in the database's firewall: SSH, from everywhere",
    where: [],
    script: '',
    account: openSsh,
  },
  'wrong-token': {
    what: 'the daemon asks every second and complains each time',
    where: BALANCERS,
    script: daemon(
      ['move', '^REFUSED_PAUSE = 60', 'REFUSED_PAUSE = 1'],
      ['move', '    if complaint != f.complaint:', '    if True:'],
    ),
  },
  'deploy-during-failover': takesBack,
  'clock-skew': slowToSee,
  'seeded-cut': { ...deafToPublicSide, seed: 15 },
  ...Object.fromEntries(
    ['2 s', '4 s'].flatMap((seconds) => [
      [`network-pause/load balancer and web, ${seconds}`, keptForWrites],
      [`network-pause/web and app, ${seconds}`, keptBehindNginx],
      [`network-pause/app and database, ${seconds}`, impatientPool],
    ]),
  ),
  'web-replace': believedFit,
  'app-replace': believedFit,
  'both-load-balancers-replace': keepsWhatItHolds,
  'everything-replace': believedFit,
  'slow-uploads': keepsWhatItHolds,
  release: ledAtOnce,
  'single-droplet-replace': believedFit,
  'patient-visitors': keepsWhatItHolds,
  'deployment-kill': believedFit,
  'power-off-during-replacement': slowToSee,
  'droplet-limit': believedFit,
  'table-drop': comparesEventTime,
  'bucket-outage': forgetsWhatIsNotThere,
  'volume-loss': {
    what: 'an empty database is made on a blank volume, whatever the bucket has',
    where: ['database-1'],
    script: backups('blank_volume', '    elif has_copies\\(own\\(\\)\\):', '    elif False:'),
  },
  'nightly-dump': {
    what: 'mysqldump writes tables without their rows',
    where: ['database-1'],
    script:
      'printf "#!/bin/sh\\nexec /usr/bin/mysqldump --no-data \\"\\$@\\"\\n" > /usr/local/bin/mysqldump && chmod +x /usr/local/bin/mysqldump',
  },
  'base-under-load': {
    what: 'a base begins with a lock on all tables, for 15 s',
    where: ['database-1'],
    script: backups(
      'base',
      '^    session.start\\(LOCAL',
      '    session.ask("FLUSH TABLES WITH READ LOCK; DO SLEEP(15); UNLOCK TABLES"); session.start(LOCAL',
    ),
  },
  'narrow-path': {
    what: 'HAProxy does not ask for smaller packets (mss), nor does the kernel try them',
    where: BALANCERS,
    script: `${edit('/etc/haproxy/haproxy.cfg', ' mss 1240', '')} && sysctl --quiet --write net.ipv4.tcp_mtu_probing=0 && systemctl restart haproxy`,
  },
};

/** What is taken out for a drill; undefined: nobody has thought of it. */
export function mutationOf(name: string, variant = ''): Mutation | undefined {
  return MUTATIONS[`${name}/${variant}`] ?? MUTATIONS[name];
}
