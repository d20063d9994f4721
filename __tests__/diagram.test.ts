import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { architectureOf } from '../lib/architecture';
import { arrowsOf } from '../lib/diagram/arrow';
import { mermaid } from '../lib/diagram/mermaid';
import { svg } from '../lib/diagram/svg';
import { EVERY_SETTING, written } from './synth';

const read = (file: string) => readFileSync(join(__dirname, '..', file), 'utf8');
const byDefault = architectureOf(written());
const withEverything = architectureOf(written({ ...EVERY_SETTING, web: { count: 7 } }));
const drawings = { 'the defaults': byDefault, 'every setting': withEverything };

describe('npm run diagram', () => {
  test("draws the README's picture: `npm run -s diagram -- --svg > docs/architecture.svg` when this fails", () => {
    expect(read('README.md')).toContain('](docs/architecture.svg)');
    expect(read('docs/architecture.svg')).toBe(svg(byDefault));
  });

  test('writes the Mermaid chart of docs/architecture.md', () => {
    expect(read('docs/architecture.md')).toContain(`\`\`\`mermaid\n${mermaid(byDefault)}\n\`\`\``);
  });

  test.each(Object.entries(drawings))('has every port and purpose of %s, in both forms', (_, drawn) => {
    const picture = svg(drawn).replaceAll(/<\/text>\n<text[^>]*>/g, ' ');
    const chart = mermaid(drawn);
    expect(drawn.flows.length).toBeGreaterThan(20);
    for (const { protocol, ports, purpose } of drawn.flows) {
      expect(chart).toContain(`${protocol} ${ports}: ${purpose}`);
      const inPicture = `${protocol} ${ports} ${purpose}`;
      const toEach = `${protocol} ${ports} to every droplet: ${purpose}`;
      expect(picture.includes(inPicture) || picture.includes(toEach)).toBe(true);
    }
  });

  test('draws each role with its droplets, sizes and images, and of many the first ones', () => {
    const picture = svg(withEverything);
    for (const text of ['2 load balancers', 's-2vcpu-2gb', 'web-4', '3 more', 'app-2', 'c-2', '100 GiB']) {
      expect(picture).toContain(`>${text}</text>`);
    }
    expect(picture).not.toContain('>web-5</text>');
    expect(mermaid(withEverything)).toContain('staging-web-1<br>to staging-web-7');
  });

  test('makes one arrow of what goes to every droplet, and of all between two places', () => {
    const arrows = arrowsOf(withEverything).map(
      ({ from, to, labels }) => `${from} -> ${to}: ${labels.length}`,
    );
    expect(arrows).toEqual([
      'the internet -> load-balancer: 2',
      'load-balancer -> load-balancer: 1',
      'load-balancer -> web: 1',
      'load-balancer -> app: 1',
      'web -> app: 1',
      'app -> database: 1',
      'app -> the internet: 1',
      'database -> the internet: 1',
      'load-balancer -> every droplet: 1',
      '203.0.113.7/32 -> every droplet: 1',
      'every droplet -> the internet: 5',
    ]);
  });
});
