import { atGate, type Page } from './gate';

const FIRST = '10.20.0.11';
const SECOND = '10.20.0.12';
const DROPLETS = `a-web-1=${FIRST},a-web-2=${SECOND}`;
const OLD = '10.20.0.5';
const BOOTING = 'does not answer: it is not there yet, or has no power';

const server = (address: string, trouble: string | null, app: string[] | null = []) => ({
  ...{ address, droplet: 'a-web', used: true, trouble },
  asks: app && { app },
});
const balancer = (droplet: string, web: string[] | null, about: object = {}) => ({
  ...{
    address: `10.20.0.${droplet.slice(-1)}`,
    droplet,
    used: true,
    holder: false,
    asks: web && { web, app: [] },
  },
  ...about,
});
const servers = (...web: object[]) => ({ web, app: [], load_balancers: [] });
const balancers = (...load_balancers: object[]) => ({ web: [], app: [], load_balancers });

describe('the gate before visitors are led to the new droplets of a tier', () => {
  const pass = (pages: Page[]) => atGate('tier', pages, { TIER: 'web', DROPLETS, UNTIL: 'fit' });

  test('opens when each has served three times running, and says a line for each thing that changes', async () => {
    const { status, lines, asked } = await pass([
      503,
      servers(server(OLD, null)),
      servers(server(OLD, null), server(FIRST, BOOTING), server(SECOND, null)),
      servers(server(OLD, null), server(FIRST, null), server(SECOND, null)),
      servers(server(FIRST, 'answers 404 to GET /-/health'), server(SECOND, null)),
      servers(server(OLD, 'does not matter'), server(FIRST, null), server(SECOND, null)),
    ]);
    expect(lines).toEqual([
      'http://203.0.113.7/-/changes answers 503',
      'a-web-1 is not known to the load balancers yet',
      'a-web-2 is not known to the load balancers yet',
      `a-web-1 ${BOOTING}`,
      'a-web-2 serves',
      'a-web-1 serves',
      'a-web-1 answers 404 to GET /-/health',
      'a-web-1 serves',
    ]);
    expect([status, asked.length]).toEqual([0, 8]);
  });
});

describe('the gate before the old droplets of a tier are destroyed', () => {
  const moved = (pages: Page[], tier = 'web') =>
    atGate('tier', pages, { TIER: tier, DROPLETS, UNTIL: 'moved' });

  test('opens when every load balancer that is used asks the new web servers and no other', async () => {
    const followed = balancer('a-load-balancer-1', [FIRST, SECOND], { holder: true });
    const { status, lines, asked } = await moved([
      balancers(followed, balancer('a-load-balancer-2', [OLD, FIRST])),
      balancers(followed, balancer('a-load-balancer-2', [OLD, FIRST, SECOND])),
      balancers(followed, balancer('a-load-balancer-2', [FIRST, SECOND])),
    ]);
    expect(lines).toEqual([
      'a-load-balancer-1 (10.20.0.1) asks the new ones alone',
      `a-load-balancer-2 (10.20.0.2) does not ask ${SECOND} yet`,
      `a-load-balancer-2 (10.20.0.2) asks the new ones, and still ${OLD}`,
      'a-load-balancer-2 (10.20.0.2) asks the new ones alone',
    ]);
    expect([status, asked.length]).toEqual([0, 5]);
  });

  test('waits for one that holds the Reserved IP under no name, not for one that is on trial nor for one without power', async () => {
    const { status, lines } = await moved([
      balancers(
        balancer('a-load-balancer-1', [OLD], { used: false, holder: true }),
        balancer('a-load-balancer-3', [OLD], { used: false }),
        balancer('', null, { address: '10.20.0.4' }),
        balancer('a-load-balancer-5', [], { asks: {} }),
      ),
      balancers(balancer('a-load-balancer-1', [FIRST, SECOND], { used: false, holder: true })),
    ]);
    expect(lines).toEqual([
      `a-load-balancer-1 (10.20.0.1) does not ask ${FIRST} and ${SECOND} yet`,
      '10.20.0.4 does not answer, and so asks nobody',
      'a-load-balancer-5 (10.20.0.5) does not know yet whom it asks',
      'a-load-balancer-1 (10.20.0.1) asks the new ones alone',
    ]);
    expect(status).toBe(0);
  });

  test('of the app tier waits for every web server, and tells apart those of one name, of which one replaces the other', async () => {
    const { status, lines } = await moved(
      [
        servers(server('10.20.0.1', null, [OLD]), server('10.20.0.2', null, [FIRST, SECOND])),
        servers(server('10.20.0.1', null, [OLD]), server('10.20.0.2', null, [FIRST, SECOND])),
        servers(server('10.20.0.1', null, [FIRST, SECOND]), server('10.20.0.2', null, [FIRST, SECOND])),
      ],
      'app',
    );
    expect(lines).toEqual([
      `a-web (10.20.0.1) does not ask ${FIRST} and ${SECOND} yet`,
      'a-web (10.20.0.2) asks the new ones alone',
      'a-web (10.20.0.1) asks the new ones alone',
    ]);
    expect(status).toBe(0);
  });
});
