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
  asserted('sshd-04', "/etc/ssh is root's to write", prints("stat -c '%U %G %a' /etc/ssh", 'root root 755')),
  asserted(
    'sshd-05',
    "sshd_config is root's, and closed to others",
    prints("stat -c '%U %G %a' /etc/ssh/sshd_config", 'root root 644'),
    'Others may read it, as the distribution has it: it holds no secret.',
  ),
  asserted('sshd-06', 'No root login by password', sshd('PermitRootLogin (without|prohibit)-password')),
  asserted('sshd-07', 'Port 22', sshd('Port 22')),
  asserted('sshd-08', 'An address family is set', sshd('AddressFamily any')),
  excepted(
    'sshd-09',
    'A listen address is set',
    'Its addresses are known to a droplet only once it runs. Who may reach the port is up to the cloud firewall: nobody, but for `ssh.cidrs`.',
  ),
  excepted('sshd-10', 'Protocol 2', `${GONE} There is no other protocol left.`),
  asserted('sshd-11', 'Strict modes', sshd('StrictModes yes')),
  asserted('sshd-12', 'Syslog facility AUTH', sshd('SyslogFacility AUTH')),
  asserted('sshd-13', 'Verbose log', sshd('LogLevel VERBOSE')),
  asserted(
    'sshd-14',
    'Host keys are named',
    prints("sshd -T | grep -i '^hostkey ' | cut -d' ' -f2", '/etc/ssh/ssh_host_ed25519_key'),
    'Ed25519 alone, which every client of the last ten years knows.',
  ),
  excepted('sshd-15', 'No UseLogin', GONE),
  excepted('sshd-16', 'Privilege separation', `${GONE} They always are.`),
  asserted('sshd-17', 'No user environment', sshd('PermitUserEnvironment no')),
  asserted('sshd-18', 'Login grace time of 30 s', sshd('LoginGraceTime 30')),
  asserted(
    'sshd-19',
    'Two authentication tries',
    sshd('MaxAuthTries 3'),
    'Three: an agent offers its keys one by one, and each is a try. There is no password to guess.',
  ),
  asserted('sshd-20', 'Ten sessions in a connection', sshd('MaxSessions 10')),
  asserted(
    'sshd-21',
    'At most 60 connections before login, fewer at random from the 10th on',
    sshd('MaxStartups 10:30:100'),
    "At most 100, OpenSSH's own value: the firewall admits nobody but `ssh.cidrs`.",
  ),
  asserted('sshd-22', 'Public key authentication', sshd('PubkeyAuthentication yes')),
  asserted('sshd-23', 'rhosts are ignored', sshd('IgnoreRhosts yes')),
  excepted(
    'sshd-24',
    "Users' known hosts are ignored",
    'They count for logins by host only, of which there are none (sshd-25).',
  ),
  asserted('sshd-25', 'No host-based authentication', sshd('HostbasedAuthentication no')),
  asserted('sshd-27', 'No password authentication', sshd('PasswordAuthentication no')),
  asserted('sshd-28', 'No empty passwords', sshd('PermitEmptyPasswords no')),
  asserted('sshd-29', 'No challenge-response authentication', sshd('KbdInteractiveAuthentication no')),
  asserted(
    'sshd-30',
    'No Kerberos authentication',
    findsNothing("sshd -T | grep -iE '^KerberosAuthentication yes'"),
    'Newer releases no longer have it.',
  ),
  excepted('sshd-31', 'No local password after Kerberos', NO_KERBEROS),
  excepted('sshd-32', 'Kerberos tickets are cleaned up', NO_KERBEROS),
  asserted(
    'sshd-33',
    'No GSSAPI authentication',
    findsNothing("sshd -T | grep -iE '^GSSAPIAuthentication yes'"),
    'Newer releases no longer have it.',
  ),
  excepted('sshd-34', 'GSSAPI credentials are cleaned up', NO_KERBEROS),
  asserted('sshd-35', 'No TCP keepalive', sshd('TCPKeepAlive (no|false)')),
  asserted('sshd-36', 'Client alive interval of 300 s', sshd('ClientAliveInterval 300')),
  asserted('sshd-37', 'Three client alive messages', sshd('ClientAliveCountMax 3')),
  asserted('sshd-38', 'No tunnels', sshd('PermitTunnel no')),
  asserted(
    'sshd-39',
    'No TCP forwarding',
    prints("sshd -T | grep -ciE '^Allow(Tcp|StreamLocal)Forwarding no$'", '2'),
    'Nor to the socket of a daemon.',
  ),
  asserted('sshd-40', 'No agent forwarding', sshd('AllowAgentForwarding no')),
  asserted('sshd-41', 'No gateway ports', sshd('GatewayPorts no')),
  asserted('sshd-42', 'No X11 forwarding', sshd('X11Forwarding no')),
  asserted(
    'sshd-43',
    'X11 on loopback only',
    sshd('X11UseLocalhost yes'),
    'X11 is not forwarded at all (sshd-42).',
  ),
  asserted('sshd-44', 'sshd prints no message of the day', sshd('PrintMotd no')),
  excepted(
    'sshd-45',
    'sshd prints no last login',
    'Whoever logs in is root, and sees at once if somebody else did.',
  ),
  asserted('sshd-46', 'No banner', sshd('Banner none')),
  asserted('sshd-47', 'No distribution in the version', sshd('DebianBanner no')),
  asserted(
    'sshd-48',
    'No primes below 2048 bits',
    findsNothing("awk '/^[0-9]/ && $5 < 2047' /etc/ssh/moduli"),
    'None is used (sshd-02).',
  ),
  asserted(
    'sshd-49',
    'The command line sets no algorithms',
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
  excepted('ssh-01', "ssh_config is root's to write", NO_CLIENT),
  excepted('ssh-02', 'An address family is set', NO_CLIENT),
  excepted('ssh-03', 'Port 22', NO_CLIENT),
  excepted('ssh-04', 'Protocol 2', NO_CLIENT),
  excepted('ssh-05', 'No batch mode', NO_CLIENT),
  excepted('ssh-06', 'Host addresses are checked', NO_CLIENT),
  excepted('ssh-07', 'Unknown host keys are asked about', NO_CLIENT),
  excepted('ssh-08', 'Strong ciphers', NO_CLIENT),
  excepted('ssh-09', 'Strong key exchange', NO_CLIENT),
  excepted('ssh-10', 'Strong message authentication', NO_CLIENT),
  excepted('ssh-11', 'No agent forwarding', NO_CLIENT),
  excepted('ssh-12', 'No X11 forwarding', NO_CLIENT),
  excepted('ssh-13', 'No host-based authentication', NO_CLIENT),
  excepted('ssh-14', 'No rhosts authentication', NO_CLIENT),
  excepted('ssh-15', 'RSA authentication', NO_CLIENT),
  excepted('ssh-16', 'No password authentication', NO_CLIENT),
  excepted('ssh-17', 'No GSSAPI authentication', NO_CLIENT),
  excepted('ssh-18', 'No GSSAPI delegation', NO_CLIENT),
  excepted('ssh-19', 'No tunnels', NO_CLIENT),
  excepted('ssh-20', 'No local commands', NO_CLIENT),
  excepted('ssh-21', 'No roaming', NO_CLIENT),
  excepted('ssh-22', 'No crypto policy of the system', NO_CLIENT),
];

export const SSH: readonly Control[] = [...SERVER, ...CLIENT];
