import { atGate, type Page } from './gate';

const ADDRESS = '10.20.0.11';
const DROPLETS = `a-web-1=${ADDRESS}`;
const page = (trouble: string | null) => ({
  web: [{ address: ADDRESS, droplet: 'a-web-1', used: false, trouble, asks: { app: [] } }],
  ...{ app: [], load_balancers: [] },
});
const NOTHING = 'does not answer GET /-/health';
const LOCKED = `${NOTHING}; packages are missing (nginx) since 2026-11-18 10:50 UTC: another program uses apt or dpkg`;
const SICK = `${NOTHING}; nginx.service does not run`;

/** Rounds of a second each, in a quarter of an hour. */
const QUARTER = 900;
const rounds = (count: number, ...pages: Page[]) =>
  Array.from({ length: count }, (_, i) => pages[i % pages.length] as Page);

describe('a gate that waits for what never comes', () => {
  const pass = (pages: Page[]) => atGate('tier', pages, { TIER: 'web', DROPLETS, UNTIL: 'fit' });
  const reason = (trouble: string) =>
    `a-web-1 ${trouble}, without any news for 15 minutes. Those that serve now go on serving. \`scale-up status\` on that droplet says what it lacks; docs/changes.md says how to go on or back.`;

  test('says each half minute what that is, and ends with it after a quarter of an hour', async () => {
    const { status, lines, asked, ...said } = await pass([page(SICK)]);
    expect([status, said.reason]).toEqual([1, reason(SICK)]);
    expect(lines[0]).toBe(`a-web-1 ${SICK}`);
    expect(new Set(lines.slice(1))).toEqual(new Set([`still waiting: a-web-1 ${SICK}`]));
    expect(lines.length).toBeGreaterThanOrEqual(QUARTER / 31);
    expect(asked.length).toBeCloseTo(QUARTER, -1);
  });

  test('begins the quarter anew with each news, so that a lock of apt held for ten minutes ends no deployment', async () => {
    const { status, lines } = await pass([
      ...rounds(600, page(LOCKED)),
      ...rounds(QUARTER - 10, page(SICK)),
      page(null),
    ]);
    expect([status, lines.at(-1)]).toEqual([0, 'a-web-1 serves']);
  });

  test('takes what was said before for no news', async () => {
    const { status, asked, ...said } = await pass(rounds(3 * QUARTER, page(LOCKED), page(SICK)));
    expect([status, [reason(LOCKED), reason(SICK)]]).toEqual([1, expect.arrayContaining([said.reason])]);
    expect(asked.length).toBeCloseTo(QUARTER, -1);
  });

  test('ends also where the load balancers never answer', async () => {
    const { status, ...said } = await pass([503]);
    expect([status, said.reason]).toEqual([
      1,
      expect.stringMatching(
        /^http:\/\/203\.0\.113\.7\/-\/changes answers 503, without any news for 15 minutes\. /,
      ),
    ]);
  });
});

describe('a gate that waits for a release', () => {
  const pulling = (trouble: string | null) => [
    {
      ...{ address: ADDRESS, droplet: 'a-app-1', wants: '1.5', serves: '1.4', phase: 'pulling' },
      trouble,
    },
  ];
  const away = "release 1.5 can't be pulled: the registry does not answer as it should; 1.4 serves on";
  const served = [{ ...pulling(null)[0], serves: '1.5', phase: 'steady' }];
  const pass = (pages: Page[]) =>
    atGate('release', pages, { RELEASE: '1.5', DROPLETS: `a-app-1=${ADDRESS}`, UNTIL: 'steady' });

  test('bears with a registry that is away for less than a minute', async () => {
    const { status } = await pass([...rounds(55, pulling(away)), pulling(null), served]);
    expect(status).toBe(0);
  });

  test('ends with the reason after a minute of it', async () => {
    const { status, asked, ...said } = await pass([pulling(away)]);
    expect([status, said.reason]).toEqual([1, expect.stringContaining(`a-app-1: ${away}. On that droplet`)]);
    expect(asked.length).toBeCloseTo(61, -1);
  });
});
