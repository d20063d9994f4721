import { devDependencies, engines } from '../../package.json';
import { NODE_VERSIONS } from './versions';

const majorOf = (version: string) => Number.parseInt(version, 10);

test('package.json admits the versions of Node.js that are tried, and none beyond them', () => {
  const [oldest = '', newest = ''] = [NODE_VERSIONS[0], NODE_VERSIONS.at(-1)];
  expect(engines.node).toBe(`>=${majorOf(oldest)}.19 <${majorOf(newest) + 1}`);
});

test('the types are those of the oldest, so that nothing newer is used by mistake', () => {
  expect(majorOf(devDependencies['@types/node'])).toBe(majorOf(NODE_VERSIONS[0]));
});
