import { synth } from '../../__tests__/synth';
import { parseConfiguration } from '../../lab/apply/configuration';

test('our stack, with every kind of resource, is understood by the built-in apply', () => {
  const { resources } = parseConfiguration(synth({ alerts: { emails: ['ops@example.org'] } }));
  expect(new Set([...resources.values()].map(({ type }) => type)).size).toBe(17);
});
