import {
  asserted,
  type Check,
  type Control,
  excepted,
  findsNothing,
  KINDS,
  type Kind,
  prints,
} from './control';

const kernel = (key: string, value: number, on: readonly Kind[] = KINDS): Check =>
  prints(`sysctl -n ${key}`, String(value), on);
/** On every interface, and on those to come. */
const everyInterface = (key: string, value: number): Check => {
  const [family, name] = key.split('.');
  return prints(`cat /proc/sys/net/${family}/conf/*/${name} | sort -u`, String(value));
};
/** What the droplet asks of a kernel that in a lab is the machine's. */
const askedOfKernel = (...settings: string[]): Check =>
  prints(
    `/usr/lib/systemd/systemd-sysctl --cat-config | grep -xF ${settings.map((setting) => `-e '-${setting}'`).join(' ')}`,
    settings.map((setting) => `-${setting}`).join('\n'),
  );
const notInstalled = (...packages: string[]): Check =>
  findsNothing(
    `dpkg-query --show --showformat '\${db:Status-Status} \${Package}\\n' ${packages.join(' ')} 2>/dev/null | grep ^installed`,
  );
/** Prints those mounts that lack an option. */
const mountsLacking = (option: string, ...folders: string[]): string =>
  `for folder in ${folders.join(' ')}; do findmnt --noheadings --output TARGET,OPTIONS $folder; done | grep -vE '[ ,]${option}(,|$)'`;

const WITHOUT_CONTAINERS = KINDS.filter((kind) => kind !== 'container');
const OF_THE_HOST =
  "The machine's under the droplet; what the kernel can do about it comes with its updates.";
const NO_ADVERTISEMENT = 'Part of what a router advertises, and no advertisement is taken (sysctl-25).';
const NO_IPV6 = 'A droplet has no IPv6 address but that of the link, which nothing listens on from outside.';

const SYSTEM: readonly Control[] = [
  asserted(
    'os-01',
    'No host is trusted by its name',
    findsNothing("find / -xdev '(' -name .rhosts -o -name hosts.equiv ')'"),
  ),
  asserted(
    'os-02',
    "Passwords' hashes are closed to others",
    prints("stat -c '%U %G %a' /etc/shadow", 'root shadow 640'),
  ),
  asserted(
    'os-03',
    "The list of users is root's to write",
    prints("stat -c '%U %G %a' /etc/passwd", 'root root 644'),
  ),
  asserted('os-03b', 'It holds no hashes', findsNothing(`awk -F: '$2 != "x" && $2 != "*"' /etc/passwd`)),
  asserted(
    'os-04',
    'Programs are not looked for in the current folder',
    findsNothing("bash -lc 'echo $PATH' | tr : '\\n' | grep -xE '\\.?'"),
  ),
  asserted(
    'os-05',
    'Settings of logins, and passwords that age',
    prints(
      "stat -c '%U %G %a' /etc/login.defs; grep -oE '^(LOGIN_RETRIES|LOGIN_TIMEOUT|UID_MIN|GID_MIN)\\s+[0-9]+' /etc/login.defs | tr -s ' \\t' ' ' | sort",
      'root root 644\nGID_MIN 1000\nLOGIN_RETRIES 5\nLOGIN_TIMEOUT 60\nUID_MIN 1000',
    ),
    "The ages and the mask of new files are the distribution's: nobody logs in by password, and each secret is written with a mode of its own.",
  ),
  excepted('os-05b', 'The same on Red Hat', 'Droplets are Debian or Ubuntu.'),
  asserted(
    'os-06',
    'No set-user-id programs of a known list',
    findsNothing(
      "find / -xdev -type f -perm /6000 | grep -E '/(rcp|rlogin|rsh|netreport|usernetctl|userisdnctl|pppd|lockfile|(mail-|dot)(un|touch)?lock(file)?|arping|uuidd|mtr|camel-lock-helper.*|pt_chown|dmcrypt-get-device|cons.saver)$'",
    ),
    'But for ssh-keysign, which does nothing unless a setting of the client enables it; none does.',
  ),
  asserted(
    'os-07',
    'Every user and group has a number of its own',
    findsNothing('for list in passwd group; do cut -d: -f3 /etc/$list | sort | uniq -d; done'),
  ),
  asserted(
    'os-09',
    'No passwords for other hosts in home folders',
    findsNothing("find / -xdev -maxdepth 3 '(' -iname .rhosts -o -iname .netrc ')'"),
  ),
  excepted(
    'os-10',
    'Modules of rare file systems are barred',
    'Only root can mount, and a droplet has no drive to put a medium in.',
  ),
  asserted('os-11', "The folder of logs is root's", prints('stat -c %U /var/log', 'root')),
  excepted('os-12', 'The processor has no known hole', OF_THE_HOST),
  asserted(
    'os-13',
    "What cron runs is root's, and closed to others",
    findsNothing("find /etc/cron* '(' ! -user root -o -perm /022 ')'"),
    'Others may read it, as the distribution has it: it holds no secret.',
  ),
  asserted(
    'os-14',
    'Nothing is run from where data is',
    prints('findmnt --noheadings --output OPTIONS /var/lib/mysql | grep -o noexec', 'noexec', ['database']),
    'The volume with the database. /dev and /dev/shm are as systemd mounts them, packages run their scripts from /tmp, and the other folders are not mounts of their own.',
  ),
  asserted(
    'os-15',
    'No set-user-id programs are run from there',
    findsNothing(mountsLacking('nosuid', '/dev', '/dev/shm', '/run', '/tmp', '/var/lib/mysql')),
    'The other folders are not mounts of their own.',
  ),
  asserted(
    'os-16',
    'No devices are there',
    findsNothing(mountsLacking('nodev', '/dev/shm', '/run', '/tmp', '/var/lib/mysql')),
    'The other folders are not mounts of their own.',
  ),
];

const PACKAGES: readonly Control[] = [
  asserted('package-01', 'No inetd', notInstalled('inetutils-inetd', 'openbsd-inetd', 'xinetd')),
  asserted('package-02', 'No Telnet server', notInstalled('telnetd', 'inetutils-telnetd')),
  asserted('package-03', 'No rsh server', notInstalled('rsh-server', 'rsh-redone-server')),
  asserted('package-05', 'No NIS server', notInstalled('ypserv', 'nis')),
  asserted('package-06', 'No TFTP server', notInstalled('tftpd', 'tftpd-hpa', 'atftpd')),
  excepted(
    'package-08',
    'The kernel audits',
    'The journal has each login with its key, and what each unit did. An audit that nobody reads fills disks.',
  ),
  asserted('package-09', 'No prelink', notInstalled('prelink')),
];

const KERNEL: readonly Control[] = [
  asserted(
    'sysctl-01',
    'Forwards no packets',
    kernel('net.ipv4.ip_forward net.ipv4.conf.all.forwarding | sort -u', 0, WITHOUT_CONTAINERS),
    'But on app servers with a container: its packets are forwarded.',
  ),
  asserted('sysctl-02', 'Takes no packet from where it would send none', everyInterface('ipv4.rp_filter', 1)),
  asserted('sysctl-03', 'Ignores bogus errors', kernel('net.ipv4.icmp_ignore_bogus_error_responses', 1)),
  asserted('sysctl-04', 'Answers no broadcast', kernel('net.ipv4.icmp_echo_ignore_broadcasts', 1)),
  excepted(
    'sysctl-05',
    'At most ten errors a second',
    "The kernel's own limit for errors is one a second to each host, which is less.",
  ),
  excepted(
    'sysctl-06',
    'Echoes count too',
    'Whoever may ping a droplet is up to the cloud firewall: nobody.',
  ),
  excepted(
    'sysctl-07',
    'No time stamps in TCP',
    'They tell late packets from new ones on fast links. The kernel adds a random number for each connection, so they no longer tell how long it has been up.',
  ),
  asserted('sysctl-08', "Tells no interface's address on another", everyInterface('ipv4.arp_ignore', 1)),
  asserted('sysctl-09', 'Asks by the address of the interface', everyInterface('ipv4.arp_announce', 2)),
  asserted('sysctl-10', 'No late packet ends a wait for late packets', kernel('net.ipv4.tcp_rfc1337', 1)),
  asserted('sysctl-11', 'Withstands floods of SYN', kernel('net.ipv4.tcp_syncookies', 1)),
  asserted('sysctl-12', 'Networks may share a medium', everyInterface('ipv4.shared_media', 1)),
  asserted(
    'sysctl-13',
    'Takes no route from a packet',
    prints('cat /proc/sys/net/ipv[46]/conf/all/accept_source_route | sort -u', '0'),
  ),
  asserted('sysctl-14', 'Takes no route from a stranger', everyInterface('ipv4.accept_redirects', 0)),
  excepted('sysctl-15', 'Nor from a router', 'None at all is taken (sysctl-14).'),
  asserted('sysctl-16', 'Tells no routes', everyInterface('ipv4.send_redirects', 0)),
  asserted('sysctl-17', 'Logs impossible addresses', everyInterface('ipv4.log_martians', 1)),
  asserted('sysctl-19', 'Forwards no IPv6', kernel('net.ipv6.conf.all.forwarding', 0)),
  asserted('sysctl-20', 'Takes no route for IPv6 either', everyInterface('ipv6.accept_redirects', 0)),
  excepted('sysctl-21', 'Asks for no routers', 'Their answers are not taken (sysctl-25).'),
  excepted('sysctl-22', "Not a router's rank", NO_ADVERTISEMENT),
  excepted('sysctl-23', 'Not its prefix', NO_ADVERTISEMENT),
  excepted('sysctl-24', 'Not itself as the default', NO_ADVERTISEMENT),
  asserted('sysctl-25', 'Takes no advertisement of a router', everyInterface('ipv6.accept_ra', 0)),
  excepted('sysctl-26', 'No address by itself', NO_ADVERTISEMENT),
  excepted('sysctl-27', 'Does not ask whether its address is taken', NO_IPV6),
  excepted('sysctl-28', 'One IPv6 address', NO_ADVERTISEMENT),
  excepted(
    'sysctl-29',
    'Modules can be loaded',
    'The default of the baseline, and needed: for packet filters, volumes and containers.',
  ),
  excepted(
    'sysctl-30',
    'No magic keys',
    "They are on the panel's console alone, and who has that can cut the power.",
  ),
  asserted('sysctl-31a', 'No memory of set-user-id programs on disk', askedOfKernel('fs.suid_dumpable = 0')),
  excepted('sysctl-31b', 'Or in a place of its own', 'There is none at all (sysctl-31a).'),
  asserted('sysctl-32', 'Addresses in memory are random', kernel('kernel.randomize_va_space', 2)),
  excepted('sysctl-33', 'Data is not run', OF_THE_HOST),
  asserted(
    'sysctl-34',
    'Links and files of others are no trap',
    askedOfKernel('fs.protected_* = 1', 'fs.protected_regular = 2'),
  ),
  asserted(
    'sysctl-35',
    'Nobody but root looks into a process',
    askedOfKernel('kernel.yama.ptrace_scope = 2'),
  ),
];

export const LINUX: readonly Control[] = [...SYSTEM, ...PACKAGES, ...KERNEL];
