import type { GoodCall } from '../testing/world-part';
import { checkedWorld, document, published, routes, withDocument } from './checked-world';

withDocument('every call is published under its operation', () => {
  const wrong = routes.filter(
    ({ method, path, operation }) => document.operation(method, published(path))?.operationId !== operation,
  );
  expect(wrong.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});

/** What the parameters of paths are in such an account, by their names. */
function parametersOf(good: ReadonlyMap<string, GoodCall>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [call, { path }] of good) {
    const names = (call.split(' ')[1] ?? '').split('/');
    const values = (path.split('?')[0] ?? '').split('/');
    for (const [index, name] of names.entries())
      if (name.startsWith(':') && !found.has(name.slice(1))) found.set(name.slice(1), values[index] ?? '');
  }
  return found;
}

const filled = (path: string, parameters: ReadonlyMap<string, string>) =>
  path.replace(/:(\w+)/g, (_, name) => parameters.get(name) ?? '1');

withDocument('every answer fits the schema of the document', async () => {
  const { lab, good, misfits } = await checkedWorld();
  try {
    const parameters = parametersOf(good);
    for (const { method, path } of routes)
      if (method === 'GET') await lab.call('GET', filled(path, parameters));
    for (const [call, { path, body }] of good) await lab.call(call.split(' ')[0] ?? '', path, body);
    expect([...misfits]).toEqual([]);
  } finally {
    await lab.close();
  }
});
