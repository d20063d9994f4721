import { attempt } from './run';

const ask = [
  'node',
  '--eval',
  "require('ts-node/register'); require('./lab/common/requirements').whyNoLab().then(console.log)",
];

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('someone who is not root is told so in one sentence', async () => {
  // In a user namespace of its own, a process is nobody.
  const { stdout } = await attempt(['unshare', '--user', ...ask]);
  expect(stdout).toMatch(/^The lab makes namespaces and mounts, for which it needs root: .*\.\n$/);
});

onLinux('root in a container without the rights is told which one is missing, in one sentence', async () => {
  const { stdout } = await attempt([
    'unshare',
    '--user',
    '--map-root-user',
    'setpriv',
    '--bounding-set=-all',
    ...ask,
  ]);
  expect(stdout).toMatch(/^Even root may not make namespaces here .*\.\n$/);
});
