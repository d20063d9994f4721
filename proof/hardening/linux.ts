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
  "Up to the processor, and to the kernel that updates bring: in a lab both are the machine's.";
const NO_ADVERTISEMENT = 'No advertisement is accepted (sysctl-25).';

const SYSTEM: readonly Control[] = [
  asserted(
    'os-01',
    'No .rhosts and hosts.equiv',
    findsNothing("find / -xdev '(' -name .rhosts -o -name hosts.equiv ')'"),
  ),
  asserted(
    'os-02',
    '/etc/shadow is closed to others',
    prints("stat -c '%U %G %a' /etc/shadow", 'root shadow 640'),
  ),
  asserted(
    'os-03',
    "/etc/passwd is root's to write",
    prints("stat -c '%U %G %a' /etc/passwd", 'root root 644'),
  ),
  asserted(
    'os-03b',
    '/etc/passwd holds no hashes',
    findsNothing(`awk -F: '$2 != "x" && $2 != "*"' /etc/passwd`),
  ),
  asserted(
    'os-04',
    'PATH is without the current folder',
    findsNothing("bash -lc 'echo $PATH' | tr : '\\n' | grep -xE '\\.?'"),
  ),
  asserted(
    'os-05',
    'Owner and values of login.defs',
    prints(
      "stat -c '%U %G %a' /etc/login.defs; grep -oE '^(LOGIN_RETRIES|LOGIN_TIMEOUT|UID_MIN|GID_MIN)\\s+[0-9]+' /etc/login.defs | tr -s ' \\t' ' ' | sort",
      'root root 644\nGID_MIN 1000\nLOGIN_RETRIES 5\nLOGIN_TIMEOUT 60\nUID_MIN 1000',
    ),
    "The ages and the mask of new files are the distribution's: nobody logs in by password, and each secret is written with a mode of its own.",
  ),
  excepted('os-05b', 'Its values on Red Hat', 'Droplets are Debian or Ubuntu.'),
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
    'Numbers of users and groups are unique',
    findsNothing('for list in passwd group; do cut -d: -f3 /etc/$list | sort | uniq -d; done'),
  ),
  asserted(
    'os-09',
    'No .rhosts and .netrc',
    findsNothing("find / -xdev -maxdepth 3 '(' -iname .rhosts -o -iname .netrc ')'"),
  ),
  excepted(
    'os-10',
    'Modules of rare file systems are barred',
    'Only root can mount, and a droplet has no drive to put a medium in.',
  ),
  asserted('os-11', "/var/log is root's", prints('stat -c %U /var/log', 'root')),
  excepted('os-12', 'No known vulnerability of the processor', OF_THE_HOST),
  asserted(
    'os-13',
    "Cron's files are root's, and closed to others",
    findsNothing("find /etc/cron* '(' ! -user root -o -perm /022 ')'"),
    'Others may read it, as the distribution has it: it holds no secret.',
  ),
  asserted(
    'os-14',
    'Mounts for data and temporary files are noexec',
    prints('findmnt --noheadings --output OPTIONS /var/lib/mysql | grep -o noexec', 'noexec', ['database']),
    'Of the volume with the data. /dev and /dev/shm are as systemd mounts them, packages run their scripts from /tmp, and the other folders are not mounts of their own.',
  ),
  asserted(
    'os-15',
    'They are nosuid',
    findsNothing(mountsLacking('nosuid', '/dev', '/dev/shm', '/run', '/tmp', '/var/lib/mysql')),
    'The other folders are not mounts of their own.',
  ),
  asserted(
    'os-16',
    'They are nodev',
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
    'auditd is installed',
    'The journal has each login with its key, and what each unit did and said. The kernel audits nothing in a container, so that a lab could not prove it.',
  ),
  asserted('package-09', 'No prelink', notInstalled('prelink')),
];

const KERNEL: readonly Control[] = [
  asserted(
    'sysctl-01',
    'No IPv4 forwarding',
    kernel('net.ipv4.ip_forward net.ipv4.conf.all.forwarding | sort -u', 0, WITHOUT_CONTAINERS),
    'But on app servers with a container: its packets are forwarded.',
  ),
  asserted(
    'sysctl-02',
    'Strict reverse path filter',
    prints('cat /proc/sys/net/ipv4/conf/{all,default,eth*}/rp_filter | sort -u', '1'),
    "On the droplet's own interfaces: those of a container are podman's.",
  ),
  asserted(
    'sysctl-03',
    'Bogus ICMP errors are ignored',
    kernel('net.ipv4.icmp_ignore_bogus_error_responses', 1),
  ),
  asserted(
    'sysctl-04',
    'ICMP echoes to broadcast addresses are ignored',
    kernel('net.ipv4.icmp_echo_ignore_broadcasts', 1),
  ),
  excepted(
    'sysctl-05',
    'ICMP rate limit of 100 ms',
    "The kernel's own limit for errors is one a second to each host, which is less.",
  ),
  excepted(
    'sysctl-06',
    'It applies to echoes too',
    'Whoever may ping a droplet is up to the cloud firewall: nobody.',
  ),
  excepted(
    'sysctl-07',
    'No TCP timestamps',
    'They tell late packets from new ones on fast links. The kernel adds a random number for each connection, so they no longer tell how long it has been up.',
  ),
  asserted(
    'sysctl-08',
    'ARP answers for addresses of the same interface only',
    everyInterface('ipv4.arp_ignore', 1),
  ),
  asserted('sysctl-09', "ARP asks by the interface's own address", everyInterface('ipv4.arp_announce', 2)),
  asserted('sysctl-10', 'RFC 1337: no RST ends TIME-WAIT', kernel('net.ipv4.tcp_rfc1337', 1)),
  asserted('sysctl-11', 'SYN cookies', kernel('net.ipv4.tcp_syncookies', 1)),
  asserted('sysctl-12', 'Shared media (RFC 1620)', everyInterface('ipv4.shared_media', 1)),
  asserted(
    'sysctl-13',
    'No source routing',
    prints('cat /proc/sys/net/ipv[46]/conf/all/accept_source_route | sort -u', '0'),
  ),
  asserted('sysctl-14', 'No ICMP redirects are accepted', everyInterface('ipv4.accept_redirects', 0)),
  excepted('sysctl-15', 'No secure ICMP redirects either', 'None at all are (sysctl-14).'),
  asserted('sysctl-16', 'No ICMP redirects are sent', everyInterface('ipv4.send_redirects', 0)),
  asserted('sysctl-17', 'Martians are logged', everyInterface('ipv4.log_martians', 1)),
  asserted('sysctl-19', 'No IPv6 forwarding', kernel('net.ipv6.conf.all.forwarding', 0)),
  asserted('sysctl-20', 'No IPv6 redirects are accepted', everyInterface('ipv6.accept_redirects', 0)),
  excepted('sysctl-21', 'No router solicitations', 'Their answers are not accepted (sysctl-25).'),
  excepted('sysctl-22', 'No router preference from advertisements', NO_ADVERTISEMENT),
  excepted('sysctl-23', 'No prefix from advertisements', NO_ADVERTISEMENT),
  excepted('sysctl-24', 'No default router from advertisements', NO_ADVERTISEMENT),
  asserted('sysctl-25', 'No router advertisements are accepted', everyInterface('ipv6.accept_ra', 0)),
  excepted('sysctl-26', 'No autoconfigured IPv6 address', NO_ADVERTISEMENT),
  excepted(
    'sysctl-27',
    'No duplicate address detection',
    "A droplet has no IPv6 address but each link's own.",
  ),
  excepted('sysctl-28', 'One IPv6 address an interface', NO_ADVERTISEMENT),
  excepted(
    'sysctl-29',
    'Loading of kernel modules',
    'The default of the baseline, and needed: for packet filters, volumes and containers.',
  ),
  excepted(
    'sysctl-30',
    'No magic SysRq',
    "Its keys are on the panel's console alone, and who has that can cut the power.",
  ),
  asserted('sysctl-31a', 'No core dumps of set-user-id programs', askedOfKernel('fs.suid_dumpable = 0')),
  excepted(
    'sysctl-31b',
    'They are dumped by an absolute path',
    "There are none (sysctl-31a), but where Ubuntu's crash reporter wants them, which has an absolute path.",
  ),
  asserted(
    'sysctl-32',
    'Address space layout is random',
    findsNothing("/usr/lib/systemd/systemd-sysctl --cat-config | grep '^[^#]*randomize_va_space'"),
    "It is the kernel's own default, which nothing on the droplet changes.",
  ),
  excepted('sysctl-33', 'The processor has NX', OF_THE_HOST),
  asserted(
    'sysctl-34',
    'Links, FIFOs and files in sticky folders are protected',
    askedOfKernel('fs.protected_* = 1', 'fs.protected_regular = 2'),
  ),
  asserted('sysctl-35', 'ptrace by root only', askedOfKernel('kernel.yama.ptrace_scope = 2')),
];

export const LINUX: readonly Control[] = [...SYSTEM, ...PACKAGES, ...KERNEL];
