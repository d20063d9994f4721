import { ADDRESS, atGate, type Page } from './gate';

interface Told {
  readonly wants: string | null;
  readonly serves: string | null;
  readonly phase: string;
  readonly trouble: string | null;
}

const ADDRESSES: Readonly<Record<string, string>> = { 'a-app-1': '10.20.0.5', 'a-app-2': '10.20.0.6' };
const told = (droplet: string, facts: Partial<Told>) => ({
  ...{ address: ADDRESSES[droplet], droplet, wants: '1.5', serves: '1.4', phase: 'steady', trouble: null },
  ...facts,
});
const failed = 'release 1.5 ended by itself (exited 1); 1.4 serves on';
const PAGE = `http://${ADDRESS}/-/releases`;

describe('the gate between the first app server and the others', () => {
  const gate = (pages: Page[], environment: Record<string, string> = {}) =>
    atGate('release', pages, {
      RELEASE: '1.5',
      DROPLETS: 'a-app-1=10.20.0.5',
      UNTIL: 'serves',
      ...environment,
    });

  test('opens when visitors are led to the release, and says a line for each thing that changes', async () => {
    const { status, lines, reason, asked } = await gate([
      503,
      'no JSON',
      [{ address: '10.20.0.5' }],
      [told('a-app-1', { wants: '1.4' })],
      [told('a-app-1', { phase: 'pulling' })],
      [told('a-app-1', { phase: 'trying' })],
      [told('a-app-1', { serves: '1.5', phase: 'proving' }), told('a-app-2', { wants: '1.4' })],
    ]);
    expect(lines).toEqual([
      `${PAGE} answers 503`,
      `${PAGE} answers what is no JSON`,
      'a-app-1 has not told anything yet',
      'a-app-1 has not asked for it yet',
      'a-app-1 pulls it',
      'a-app-1 has started it, and waits until it is healthy',
      'a-app-1 serves it; the one before stands by for a while',
    ]);
    expect([status, reason]).toEqual([0, '']);
    expect(new Set(asked)).toEqual(new Set([`${PAGE} ${ADDRESS}`]));
  });

  test('at the end opens when the release has proven itself on each of them', async () => {
    const proven = { serves: '1.5', phase: 'steady' };
    const pages = [
      [told('a-app-1', proven)],
      [told('a-app-1', proven), told('a-app-2', { serves: '1.5', phase: 'proving' })],
      [told('a-app-1', proven), told('a-app-2', proven)],
    ];
    const { status, asked } = await gate(pages, {
      DROPLETS: 'a-app-1=10.20.0.5,a-app-2=10.20.0.6',
      UNTIL: 'steady',
    });
    expect([status, asked.length]).toEqual([0, 3]);
  });

  test('stays shut with the reason of the one that refuses it, in the words of its page', async () => {
    const { status, reason } = await gate([[told('a-app-1', { phase: 'failed', trouble: failed })]]);
    expect(status).toBe(1);
    expect(reason).toMatch(
      /^a-app-1: release 1\.5 ended by itself \(exited 1\); 1\.4 serves on\. .*journalctl -t app/,
    );
  });

  test('takes no notice of what one that is being replaced makes of it under the same name', async () => {
    const old = { ...told('a-app-1', { phase: 'failed', trouble: failed }), address: '10.20.0.4' };
    const { status, asked } = await gate([
      [old, { address: '10.20.0.5' }],
      [old, told('a-app-1', { phase: 'trying' })],
      [old, told('a-app-1', { serves: '1.5' })],
    ]);
    expect([status, asked.length]).toEqual([0, 3]);
  });

  test('says so where its question is answered by somebody else', async () => {
    const { lines } = await gate([
      { any: 'answer' } as unknown as Page,
      [told('a-app-1', { serves: '1.5' })],
    ]);
    expect(lines[0]).toBe(`${PAGE} answers what is not from the load balancers`);
  });

  test('logs in at a proxy, and goes past one that is not for its address', async () => {
    const environment = { RELEASE: '1.5', DROPLETS: 'a-app-1=10.20.0.5', UNTIL: 'serves' };
    const pages = [[told('a-app-1', { serves: '1.5' })]];
    const login = await atGate('release', pages, environment, (proxy) => ({
      http_proxy: '',
      HTTP_PROXY: `http://me:p%40ss@${proxy}`,
    }));
    expect(login.asked).toEqual([`${PAGE} ${ADDRESS} Basic ${Buffer.from('me:p@ss').toString('base64')}`]);
    const bare = await atGate('release', pages, environment, (proxy) => ({ http_proxy: proxy }));
    expect(bare.asked).toHaveLength(1);
    // Nothing listens on port 80 of that address.
    const past = await atGate(
      'release',
      pages,
      environment,
      (proxy) => ({
        ADDRESS: '127.77.9.9',
        http_proxy: `http://${proxy}`,
        no_proxy: 'a.example,127.77.9.9',
      }),
      { onlyFirstLine: true },
    );
    expect(past.lines).toEqual([expect.stringMatching(/gives no answer \(ECONNREFUSED\)$/)]);
    expect(past.asked).toEqual([]);
  });
});
