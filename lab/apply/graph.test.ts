import fc from 'fast-check';
import { closure, findCycle, inOrder, walk } from './graph';

const graph = (edges: Record<string, string[]>) =>
  new Map(Object.entries(edges).map(([node, before]) => [node, new Set(before)]));

/** Graphs without a circle: each node comes after some of those with a smaller number. */
const acyclic = fc
  .array(fc.array(fc.nat(20), { maxLength: 4 }), { maxLength: 20 })
  .map(
    (nodes) =>
      new Map(nodes.map((before, i) => [`n${i}`, new Set(before.filter((j) => j < i).map((j) => `n${j}`))])),
  );

test('everything before a node is found, also through others', () => {
  expect(closure(graph({ a: [], b: ['a'], c: ['b'] }), 'c')).toEqual(new Set(['a', 'b']));
});

test('a circle is found, and only its members are named', () => {
  expect(findCycle(graph({ a: ['c'], b: ['a'], c: ['b'], d: ['a'] }))).toEqual(['a', 'b', 'c']);
  expect(findCycle(graph({ a: ['a'] }))).toEqual(['a']);
  expect(findCycle(graph({ a: [], b: ['a'], c: ['a', 'b'] }))).toBeUndefined();
});

test('in any graph each node comes after those before it', () => {
  fc.assert(
    fc.property(acyclic, (nodes) => {
      const order = inOrder(nodes);
      expect(order).toHaveLength(nodes.size);
      for (const [node, before] of nodes) {
        for (const other of before) expect(order.indexOf(other)).toBeLessThan(order.indexOf(node));
      }
    }),
  );
});

test('a walk visits each node once, after those before it, and as many at once as allowed', async () => {
  await fc.assert(
    fc.asyncProperty(acyclic, fc.integer({ min: 1, max: 5 }), async (nodes, atOnce) => {
      const done = new Set<string>();
      let running = 0;
      const failures = await walk(nodes, atOnce, async (node) => {
        expect(++running).toBeLessThanOrEqual(atOnce);
        for (const before of nodes.get(node) ?? []) expect(done).toContain(before);
        await new Promise(setImmediate);
        expect(done).not.toContain(node);
        done.add(node);
        running--;
      });
      expect(failures).toEqual([]);
      expect(done.size).toBe(nodes.size);
    }),
  );
});

test('what comes after a failure is not visited, the rest is', async () => {
  const visited: string[] = [];
  const failures = await walk(graph({ a: [], b: ['a'], c: ['b'], d: [] }), 2, async (node) => {
    visited.push(node);
    if (node === 'a') throw new Error('no');
  });
  expect(visited.sort()).toEqual(['a', 'd']);
  expect(failures).toEqual([{ node: 'a', error: new Error('no') }]);
});
