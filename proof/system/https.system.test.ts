import { readFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { attempt } from '../../lab/common/run';
import { ask } from '../../lab/instance/control-api';
import type { DropletStatus } from '../../lab/instance/lab';
import { clientOf } from '../../lab/network/link-names';
import { inside } from '../../lab/network/namespace';
import { scanTls } from './scanner';
import { eventually, Load, TestLab } from './test-lab';

const MINUTE = 60_000;
/** Seconds that a certificate is valid here: renewed with a third of it left, it has no more than one chance to be late. */
const LIFETIME = 90;

describe('a lab of a stack with HTTPS and short-lived certificates', () => {
  let lab: TestLab;

  beforeAll(async () => {
    lab = await TestLab.start('https-test', {}, { lifetime: LIFETIME });
  }, 12 * MINUTE);

  afterAll(() => lab?.end(), MINUTE);

  /** Name of the load balancer that holds the Reserved IP, and of the one that does not. */
  async function pair(): Promise<[holder: DropletStatus, standby: DropletStatus]> {
    const both = [await lab.droplet('load-balancer-1'), await lab.droplet('load-balancer-2')] as const;
    const holder = await lab.holder();
    return holder === both[0].name ? [both[0], both[1]] : [both[1], both[0]];
  }

  const sh = async (droplet: DropletStatus, line: string) =>
    (await lab.exec(droplet, ['sh', '-c', line])).stdout.trim();
  const serialOn = (droplet: DropletStatus) => sh(droplet, `openssl x509 -noout -serial -in ${SITE}`);
  const labelOn = (droplet: DropletStatus) => sh(droplet, 'cat /var/lib/scale-up-certificate/label');
  const saidOn = (droplet: DropletStatus) =>
    sh(droplet, 'journalctl --boot --no-pager --output=cat --unit=scale-up-certificate --priority=notice');

  /** What a visitor is told who asks at the Reserved IP without TLS. */
  async function plain(path: string, host: string): Promise<string> {
    const [ip] = Object.keys((await lab.status()).reservedIps);
    const answer = [
      '--output',
      '/dev/null',
      '--write-out',
      '%{http_code} %{redirect_url}',
      '--header',
      `Host: ${host}`,
    ];
    const asked = [...inside(clientOf(lab.name)), 'curl', '--silent', ...answer, `http://${ip}${path}`];
    return (await attempt(asked)).stdout.trim();
  }

  test('has on each load balancer a certificate of its own, for the domain, the apex and a name of its own, by the authority', async () => {
    const [holder, standby] = await pair();
    const own = await Promise.all([holder, standby].map(labelOn));
    expect(own[0]).not.toBe(own[1]);
    for (const [index, droplet] of [holder, standby].entries()) {
      const certificate = await sh(
        droplet,
        `openssl x509 -noout -issuer -ext subjectAltName -text -in ${SITE}`,
      );
      expect(certificate).toMatch(/Issuer: .*Pebble Intermediate/);
      expect([...new Set(certificate.match(/(?<=DNS:)[\w.-]+/g))].sort()).toEqual(
        ['foobar.com', 'www.foobar.com', `${own[index]}.load-balancer.www.foobar.com`].sort(),
      );
      expect(certificate).toContain('ASN1 OID: prime256v1');
    }
    expect(await serialOn(holder)).not.toBe(await serialOn(standby));
  });

  test('answers over HTTPS through the whole chain, by HTTP/2 if asked, and browsers are told to stay with it', async () => {
    const page = await lab.get('/');
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('production-app-1') });
    expect(page.headers['strict-transport-security']).toBe('max-age=86400');
    expect(await protocolOf(lab)).toBe('h2');
  });

  test('sends visitors without TLS to HTTPS, but neither those who look whether it is ready nor the authority', async () => {
    expect(await plain('/a?b=c', 'www.foobar.com')).toBe('301 https://www.foobar.com/a?b=c');
    expect(await plain('/a?b=c', 'foobar.com')).toBe('301 https://www.foobar.com/a?b=c');
    const long = `/a?${'b'.repeat(4000)}`;
    expect(await plain(long, 'www.foobar.com')).toBe(`301 https://www.foobar.com${long}`);
    expect(await plain('/-/ready', 'www.foobar.com')).toBe('200');
    expect(await plain('/-/redundancy', 'www.foobar.com')).toMatch(/^(200|503)$/);
    expect(await plain('/.well-known/acme-challenge/nobody', 'www.foobar.com')).not.toMatch(/^301/);
  });

  test(
    "has TLS as Mozilla's intermediate profile wants it",
    async () => {
      const findings = await scanTls(
        lab,
        '--protocols',
        '--std',
        '--server-preference',
        '--fs',
        '--server-defaults',
      );
      const bad = findings.filter(({ severity }) => !['OK', 'INFO', 'LOW'].includes(severity));
      expect(bad.filter(({ id }) => !(id in EXCUSED))).toEqual([]);
      const found = Object.fromEntries(findings.map(({ id, finding }) => [id, finding]));
      expect(found.TLS1_1).toBe('not offered');
      expect(found.TLS1_2).toBe('offered');
      expect(found.TLS1_3).toMatch(/^offered/);
      expect(found.FS_ciphers?.split(' ').sort()).toEqual(MOZILLA_CIPHERS);
    },
    3 * MINUTE,
  );

  test(
    'renews the certificates of both load balancers under load, and loses no request',
    async () => {
      const both = await pair();
      const before = await Promise.all(both.map(serialOn));
      const labels = await Promise.all(both.map(labelOn));
      const load = new Load(lab);
      const renewed = async () =>
        (await Promise.all(both.map(serialOn))).every((serial, i) => serial !== before[i]);
      await eventually(renewed, LIFETIME);
      const { sent, failed } = await load.end();
      process.stderr.write(
        `Both certificates renewed: of ${sent} requests meanwhile ${failed.length} failed\n`,
      );
      expect(failed).toEqual([]);
      expect(await Promise.all(both.map(labelOn))).toEqual(labels);
      expect(await lab.holder()).toBe(both[0].name);
    },
    3 * MINUTE,
  );

  test(
    'gives the Reserved IP to no load balancer whose certificate has ended, and says so once',
    async () => {
      const [holder, standby] = await pair();
      await ask(lab.name, 'POST', '/cut', { from: `${standby.name}:public`, to: 'authority', oneWay: false });
      const ended = async () =>
        (await lab.get('/-/redundancy')).text.includes(`${standby.name.slice(11)}: no valid certificate`);
      const load = new Load(lab);
      await eventually(ended, 2 * LIFETIME);
      expect((await load.end()).failed).toEqual([]);

      const refused = await lab.exec(holder, ['scale-up', 'handover']);
      expect(refused).toMatchObject({ status: 1, stdout: expect.stringMatching(/certificate/) });
      expect(await lab.holder()).toBe(holder.name);
      const lines = (await saidOn(standby)).split('\n').filter((line) => line.includes('does not answer'));
      expect(lines).toHaveLength(1);

      await ask(lab.name, 'POST', '/mend');
      await lab.exec(standby, ['scale-up-certificate', 'now']);
      await eventually(() => lab.isWhole(), 30);
    },
    6 * MINUTE,
  );

  test(
    'takes the Reserved IP from a load balancer whose certificate has ended when that hands it over',
    async () => {
      const [holder, standby] = await pair();
      await ask(lab.name, 'POST', '/cut', { from: `${holder.name}:public`, to: 'authority', oneWay: false });
      const ended = async () =>
        (await lab.exec(holder, ['scale-up', 'status'])).stdout.includes('certificate_valid: false');
      await eventually(ended, 2 * LIFETIME);
      expect((await lab.exec(holder, ['scale-up', 'handover'])).status).toBe(0);
      expect(await lab.holder()).toBe(standby.name);
      expect((await lab.get('/')).status).toBe(200);
    },
    6 * MINUTE,
  );
});

const SITE = '/var/lib/scale-up-certificate/site.pem';

/** Findings that are the lab's doing, or of checks that were not asked for. */
const EXCUSED: Readonly<Record<string, string>> = {
  cert_revocation: 'the certificates of the lab name no place that would know of their revocation',
  engine_problem: 'concerns the scanner itself',
  cert_expirationStatus: 'the certificates of this lab are short-lived on purpose',
  cert_notAfter: 'as above',
  sessionresumption_ticket: 'tickets are off: there is nothing with which the scanner could come back',
};

/** By OpenSSL's names; TLS 1.3's three, and of TLS 1.2 those for a certificate with an ECDSA key. */
const MOZILLA_CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
];

/** What the site speaks with a visitor who offers HTTP/2 and HTTP/1.1. */
async function protocolOf(lab: TestLab): Promise<string | false | null> {
  const { port, domain: servername, authority = '' } = lab.access.site;
  const ca = await readFile(authority);
  const socket = connect({ host: '127.0.0.1', port, servername, ca, ALPNProtocols: ['h2', 'http/1.1'] });
  try {
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    return socket.alpnProtocol;
  } finally {
    socket.destroy();
  }
}
