import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { atGate } from './gate';

const KEY = 'the key of the deployment';
const LIBRARY = join(__dirname, '../../cloud-init/every-droplet/usr/local/lib/scale-up');
const LINES = ['17:00 app[7]: no tables', '17:01 app[7]: ended (1) \u00fc'];

/** Runs a line of Python with the droplet's own program, whose key this is. */
const onDroplet = (key: string, line: string) =>
  execFileSync(
    'python3',
    [
      '-c',
      [
        'import sys; sys.path.insert(0, sys.argv[1]); sys.dont_write_bytecode = True',
        'import last_lines as droplet',
        'droplet.key = sys.argv[2].encode',
        `droplet.last_lines = lambda: ${JSON.stringify(LINES)}`,
        line,
      ].join('\n'),
      ...[LIBRARY, key],
    ],
    { encoding: 'utf8' },
  ).trim();

/** At the gate, where an app server refuses a release; and how its log was asked for. */
async function refused(answer: string | number, key: Record<string, string> = { LOG_KEY: KEY }) {
  const told = {
    ...{ address: '10.20.0.5', droplet: 'a-app-1', wants: '1.5', serves: '1.4', phase: 'failed' },
    trouble: 'release 1.5 ended by itself (exited 1); 1.4 serves on',
  };
  const environment = { RELEASE: '1.5', DROPLETS: 'a-app-1=10.20.0.5', UNTIL: 'serves', ...key };
  const askedForLog: string[] = [];
  const log = (asked: string) => {
    askedForLog.push(asked);
    return answer;
  };
  return { ...(await atGate('release', [[told]], environment, undefined, { log })), askedForLog };
}

describe('a gate that gives up', () => {
  test('prints what the log of that droplet says last, as its droplet sealed it, before the reason', async () => {
    const { status, lines, reason, askedForLog } = await refused(onDroplet(KEY, 'print(droplet.sealed())'));
    expect(lines.slice(1)).toEqual(['The log of a-app-1 says last:', ...LINES.map((line) => `  ${line}`)]);
    expect([status, reason]).toEqual([1, expect.stringMatching(/^a-app-1: release 1\.5 ended by itself/)]);
    const [path, word, proof] = askedForLog[0]?.split(' ') ?? [];
    expect([path, word]).toEqual(['/-/log/10.20.0.5', 'Bearer']);
    expect(proof).not.toContain(KEY);
    expect(onDroplet(KEY, `print(droplet.is_proof('10.20.0.5', 'Bearer ${proof}'))`)).toBe('True');
    expect(onDroplet(KEY, `print(droplet.is_proof('10.20.0.6', 'Bearer ${proof}'))`)).toBe('False');
  });

  test.each([
    ['nobody knows such a page', 404],
    ['nonsense is answered', 'no digits at all'],
    ['nothing is answered', ''],
    ['it is sealed with another key', onDroplet('another', 'print(droplet.sealed())')],
  ])('prints the reason alone where %s', async (_, answer) => {
    const { status, lines, reason } = await refused(answer);
    expect(lines).toEqual(['a-app-1 release 1.5 ended by itself (exited 1); 1.4 serves on']);
    expect([status, reason]).toEqual([1, expect.stringMatching(/^a-app-1: release 1\.5 ended by itself/)]);
  });
});
