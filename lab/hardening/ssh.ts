import { asserted, type Check, type Control, excepted, findsNothing, prints } from './control';

/** What sshd makes of its settings, whose case and spelling differ between its releases. */
const sshd = (setting: string): Check => prints(`sshd -T | grep -ciE '^${setting}$'`, '1');
/** Whatever sshd offers is one of these. */
const offers = (option: string, ...algorithms: string[]): Check =>
  findsNothing(
    `sshd -T | grep -i '^${option} ' | tr ' ,' '\\n\\n' | grep -vixF ${[option, ...algorithms].map((word) => `-e ${word}`).join(' ')}`,
  );

const NO_CLIENT = 'No droplet is a way to another: the firewalls let no SSH out of any.';
const GONE = 'OpenSSH no longer knows the option.';
const NO_FORWARDING = 'None is forwarded.';
const NO_KERBEROS = 'There is no Kerberos, and no ticket.';

const SERVER: readonly Control[] = [
  asserted(
    'sshd-01',
    'Strong ciphers',
    offers('ciphers', 'chacha20-poly1305@openssh.com', 'aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'),
    'Stricter: those alone that authenticate by themselves, no counter mode.',
  ),
  asserted(
    'sshd-02',
    'Strong key exchange',
    offers(
      'kexalgorithms',
      'mlkem768x25519-sha256',
      'sntrup761x25519-sha512',
      'sntrup761x25519-sha512@openssh.com',
      'curve25519-sha256',
      'curve25519-sha256@libssh.org',
    ),
    'Newer: no Diffie-Hellman without curves; ML-KEM where the release has it.',
  ),
  asserted(
    'sshd-03',
    'Strong message authentication',
    offers('macs', 'hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'),
    'Stricter: those alone that authenticate what is encrypted.',
  ),
  asserted(
    'sshd-04',
    "sshd's folder is root's to write",
    prints("stat -c '%U %G %a' /etc/ssh", 'root root 755'),
  ),
  asserted(
    'sshd-05',
    "sshd's configuration is root's to read and write",
    prints("stat -c '%U %G %a' /etc/ssh/sshd_config", 'root root 644'),
    'Others may read it, as the distribution has it: it holds no secret.',
  ),
  asserted('sshd-06', 'root logs in by key at most', sshd('PermitRootLogin (without|prohibit)-password')),
  asserted('sshd-07', 'The port is 22', sshd('Port 22')),
  asserted('sshd-08', 'A known address family', sshd('AddressFamily any')),
  excepted(
    'sshd-09',
    'Listens on one address',
    'Its addresses are known to a droplet only once it runs. Who may reach the port is up to the cloud firewall: nobody, but for `ssh.cidrs`.',
  ),
  excepted('sshd-10', 'Protocol 2 alone', `${GONE} There is no other protocol left.`),
  asserted('sshd-11', 'Refuses keys in files that others may write', sshd('StrictModes yes')),
  asserted('sshd-12', 'Logs as AUTH', sshd('SyslogFacility AUTH')),
  asserted('sshd-13', 'Logs which key came', sshd('LogLevel VERBOSE')),
  asserted(
    'sshd-14',
    'Names its host keys',
    prints("sshd -T | grep -i '^hostkey ' | cut -d' ' -f2", '/etc/ssh/ssh_host_ed25519_key'),
    'Ed25519 alone, which every client of the last ten years knows.',
  ),
  excepted('sshd-15', 'No login(1)', GONE),
  excepted('sshd-16', 'Separated privileges', `${GONE} They always are.`),
  asserted('sshd-17', "Takes no environment from a user's files", sshd('PermitUserEnvironment no')),
  asserted('sshd-18', 'Half a minute to log in', sshd('LoginGraceTime 30')),
  asserted(
    'sshd-19',
    'Two tries',
    sshd('MaxAuthTries 3'),
    'Three: an agent offers its keys one by one, and each is a try. There is no password to guess.',
  ),
  asserted('sshd-20', 'Ten sessions in a connection', sshd('MaxSessions 10')),
  asserted(
    'sshd-21',
    'Drops some of those who have not logged in from the 10th on, all from the 60th',
    sshd('MaxStartups 10:30:100'),
    "All from the 100th, OpenSSH's own value: the firewall admits nobody but `ssh.cidrs`.",
  ),
  asserted('sshd-22', 'Login by key', sshd('PubkeyAuthentication yes')),
  asserted('sshd-23', 'Ignores .rhosts', sshd('IgnoreRhosts yes')),
  excepted(
    'sshd-24',
    "Ignores users' known hosts",
    'They count for logins by host only, of which there are none (sshd-25).',
  ),
  asserted('sshd-25', 'No login by host', sshd('HostbasedAuthentication no')),
  asserted('sshd-27', 'No passwords', sshd('PasswordAuthentication no')),
  asserted('sshd-28', 'No empty passwords', sshd('PermitEmptyPasswords no')),
  asserted('sshd-29', 'No passwords by dialogue', sshd('KbdInteractiveAuthentication no')),
  asserted(
    'sshd-30',
    'No Kerberos',
    findsNothing("sshd -T | grep -iE '^KerberosAuthentication yes'"),
    'Newer releases no longer have it.',
  ),
  excepted('sshd-31', 'No password instead of a ticket', NO_KERBEROS),
  excepted('sshd-32', 'Throws tickets away', NO_KERBEROS),
  asserted(
    'sshd-33',
    'No GSSAPI',
    findsNothing("sshd -T | grep -iE '^GSSAPIAuthentication yes'"),
    'Newer releases no longer have it.',
  ),
  excepted('sshd-34', 'Throws credentials of GSSAPI away', NO_KERBEROS),
  asserted('sshd-35', 'No probes outside the encryption', sshd('TCPKeepAlive (no|false)')),
  asserted('sshd-36', 'Asks a silent client after five minutes', sshd('ClientAliveInterval 300')),
  asserted('sshd-37', 'Asks three times', sshd('ClientAliveCountMax 3')),
  asserted('sshd-38', 'No tunnels', sshd('PermitTunnel no')),
  asserted(
    'sshd-39',
    'Forwards no connections',
    prints("sshd -T | grep -ciE '^Allow(Tcp|StreamLocal)Forwarding no$'", '2'),
    "Nor to a daemon's socket.",
  ),
  asserted('sshd-40', 'Forwards no agent', sshd('AllowAgentForwarding no')),
  asserted('sshd-41', 'No port for others', sshd('GatewayPorts no')),
  asserted('sshd-42', 'Forwards no windows', sshd('X11Forwarding no')),
  asserted('sshd-43', 'Windows by loopback alone', sshd('X11UseLocalhost yes'), NO_FORWARDING),
  asserted('sshd-44', 'Leaves the message of the day to PAM', sshd('PrintMotd no')),
  excepted(
    'sshd-45',
    'Does not tell the last login',
    'Whoever logs in is root, and sees at once if somebody else did.',
  ),
  asserted('sshd-46', 'No banner', sshd('Banner none')),
  asserted('sshd-47', "Does not tell the distribution's version", sshd('DebianBanner no')),
  asserted(
    'sshd-48',
    'No short primes',
    findsNothing("awk '/^[0-9]/ && $5 < 2047' /etc/ssh/moduli"),
    'None is used (sshd-02).',
  ),
  asserted(
    'sshd-49',
    'No command line overrides the algorithms',
    findsNothing(
      "tr '\\0' ' ' < /proc/$(systemctl show --value --property=MainPID ssh.service)/cmdline | grep -iE -e '-o *(Ciphers|KexAlgorithms|HostKeyAlgorithms)'",
    ),
  ),
  asserted(
    'sshd-50',
    'An RSA host key has 4096 bits',
    findsNothing("sshd -T | grep -i '^hostkey .*rsa'"),
    'None is used (sshd-14).',
  ),
];

const CLIENT: readonly Control[] = [
  excepted('ssh-01', "The client's configuration is root's to write", NO_CLIENT),
  excepted('ssh-02', 'A known address family', NO_CLIENT),
  excepted('ssh-03', 'Port 22', NO_CLIENT),
  excepted('ssh-04', 'Protocol 2 alone', NO_CLIENT),
  excepted('ssh-05', 'Asks its user', NO_CLIENT),
  excepted('ssh-06', "Compares hosts' addresses too", NO_CLIENT),
  excepted('ssh-07', 'Trusts no new host unasked', NO_CLIENT),
  excepted('ssh-08', 'Strong ciphers', NO_CLIENT),
  excepted('ssh-09', 'Strong key exchange', NO_CLIENT),
  excepted('ssh-10', 'Strong message authentication', NO_CLIENT),
  excepted('ssh-11', 'Forwards no agent', NO_CLIENT),
  excepted('ssh-12', 'Forwards no windows', NO_CLIENT),
  excepted('ssh-13', 'No login by host', NO_CLIENT),
  excepted('ssh-14', 'No login by .rhosts', NO_CLIENT),
  excepted('ssh-15', 'Login by RSA key', NO_CLIENT),
  excepted('ssh-16', 'No passwords', NO_CLIENT),
  excepted('ssh-17', 'No GSSAPI', NO_CLIENT),
  excepted('ssh-18', 'Passes no credentials of GSSAPI on', NO_CLIENT),
  excepted('ssh-19', 'No tunnels', NO_CLIENT),
  excepted('ssh-20', 'Runs no local commands', NO_CLIENT),
  excepted('ssh-21', 'No roaming', NO_CLIENT),
  excepted('ssh-22', 'No policy of the system overrides the algorithms', NO_CLIENT),
];

export const SSH: readonly Control[] = [...SERVER, ...CLIENT];
