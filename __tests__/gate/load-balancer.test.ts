import { atGate, type Page } from './gate';

const [NEW_1, NEW_2, OLD_1, OLD_2] = ['10.20.0.11', '10.20.0.12', '10.20.0.3', '10.20.0.4'];
const DROPLETS = `a-load-balancer-1=${NEW_1},a-load-balancer-2=${NEW_2}`;
const BOOTING = 'does not answer: it is not there yet, or has no power';

/** What one load balancer tells. */
const balancer = (address: string, about: object = {}) => ({
  ...{ address, droplet: 'a-load-balancer', used: false, holder: false, ready: true, trouble: '' },
  ...{ certificate_valid: true, certificate_trouble: null, asks: { web: [], app: [] }, knows: {} },
  ...about,
});
const page = (...load_balancers: object[]) => ({ web: [], app: [], load_balancers });

describe('the gate before new load balancers get their names', () => {
  const pass = (pages: Page[]) => atGate('load-balancer', pages, { DROPLETS, UNTIL: 'fit' });
  const serving = balancer(OLD_1, { used: true, holder: true });

  test('opens when each could serve, with a certificate where the one that serves has one', async () => {
    const trouble = 'no valid certificate (self-signed certificate)';
    const { status, lines } = await pass([
      page(serving),
      page(serving, { address: NEW_1, droplet: '', asks: null, trouble: BOOTING }, balancer(NEW_2)),
      page(serving, balancer(NEW_1, { asks: null }), balancer(NEW_2)),
      page(
        serving,
        balancer(NEW_1, { ready: false, trouble: 'haproxy.service has failed' }),
        balancer(NEW_2),
      ),
      page(
        serving,
        balancer(NEW_1, { certificate_valid: false, certificate_trouble: trouble }),
        balancer(NEW_2),
      ),
      page(serving, balancer(NEW_1), balancer(NEW_2)),
    ]);
    expect(lines).toEqual([
      'a-load-balancer-1 is not known to the load balancer that serves yet',
      'a-load-balancer-2 is not known to the load balancer that serves yet',
      `a-load-balancer-1 ${BOOTING}`,
      'a-load-balancer-2 is ready',
      'a-load-balancer-1 runs, but its scale-up-reserved-ip.service does not answer',
      'a-load-balancer-1 is not ready: no web server is up as it sees it; haproxy.service has failed',
      `a-load-balancer-1 ${trouble}`,
      'a-load-balancer-1 is ready',
    ]);
    expect(status).toBe(0);
  });

  test('opens without certificates where the one that serves has none', async () => {
    const none = { certificate_valid: false, certificate_trouble: 'none' };
    const { status } = await pass([
      page(balancer(OLD_1, { ...none, holder: true }), balancer(NEW_1, none), balancer(NEW_2, none)),
    ]);
    expect(status).toBe(0);
  });
});

describe('the gate before an old load balancer is destroyed', () => {
  const pass = (pages: Page[]) =>
    atGate('load-balancer', pages, {
      DROPLETS: `a-load-balancer-1=${NEW_1}`,
      UNTIL: 'load-balancer-1',
    });
  const knows = (address: string) => ({ knows: { 'load-balancer-1': [address] } });

  test('opens when all that may serve know the new one, and none without a name holds the Reserved IP', async () => {
    const { status, lines } = await pass([
      page(
        balancer(OLD_1, { used: true, holder: true, ...knows(OLD_1) }),
        balancer(OLD_2, { used: true, ...knows(OLD_1) }),
        balancer(NEW_1, knows(OLD_1)),
        balancer('10.20.0.9', knows(OLD_1)),
      ),
      page(
        balancer(OLD_1, { holder: true, ...knows(NEW_1) }),
        balancer(OLD_2, { used: true, ...knows(NEW_1) }),
        balancer(NEW_1, { used: true, ...knows(NEW_1) }),
      ),
      page(
        balancer(NEW_1, { used: true, holder: true, ...knows(NEW_1) }),
        balancer(OLD_2, { used: true, ...knows(NEW_1) }),
      ),
    ]);
    expect(lines).toEqual([
      `a-load-balancer (${OLD_1}) does not know the new load-balancer-1 yet`,
      `a-load-balancer (${OLD_2}) does not know the new load-balancer-1 yet`,
      `The Reserved IP is at a-load-balancer (${OLD_1})`,
      `a-load-balancer (${OLD_1}) knows the new load-balancer-1`,
      `a-load-balancer (${OLD_2}) knows the new load-balancer-1`,
      `a-load-balancer (${NEW_1}) knows the new load-balancer-1`,
      `The Reserved IP is at a-load-balancer (${OLD_1}), which has to hand it over`,
      `The Reserved IP is at a-load-balancer (${NEW_1})`,
    ]);
    expect(status).toBe(0);
  });

  test('does not wait for one without power', async () => {
    const { status } = await pass([
      page(balancer(NEW_1, { used: true, holder: true, ...knows(NEW_1) }), {
        address: OLD_2,
        droplet: '',
        asks: null,
        trouble: BOOTING,
      }),
    ]);
    expect(status).toBe(0);
  });
});
