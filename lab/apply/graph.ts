/** For each node, the nodes that come before it. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** All nodes before a node, also through others, without itself. */
export function closure(graph: Graph, node: string): Set<string> {
  const found = new Set<string>();
  const visit = (at: string) => {
    for (const before of graph.get(at) ?? []) {
      if (found.has(before)) continue;
      found.add(before);
      visit(before);
    }
  };
  visit(node);
  return found;
}

/** The nodes of one circle; undefined when there is none. */
export function findCycle(graph: Graph): string[] | undefined {
  for (const node of graph.keys()) {
    if (!closure(graph, node).has(node)) continue;
    return [...closure(graph, node)].filter((other) => closure(graph, other).has(node)).sort();
  }
  return undefined;
}

/** All nodes in an order in which each comes after those before it. There must be no circle. */
export function inOrder(graph: Graph): string[] {
  const ordered = new Set<string>();
  const visit = (node: string) => {
    if (ordered.has(node)) return;
    for (const before of graph.get(node) ?? []) visit(before);
    if (graph.has(node)) ordered.add(node);
  };
  for (const node of graph.keys()) visit(node);
  return [...ordered];
}

export interface Failure {
  readonly node: string;
  readonly error: unknown;
}

/**
 * Visits every node once, each when all before it have been visited, several at the same time. What comes after a node that
 * failed is not visited; the rest is. Never rejects.
 */
export async function walk(
  graph: Graph,
  atOnce: number,
  visit: (node: string) => Promise<void>,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  const waiting = new Map([...graph].map(([node, before]) => [node, within(graph, before)]));
  const running = new Map<string, Promise<void>>();
  const start = (node: string) => {
    waiting.delete(node);
    const done = visit(node).then(
      () => {
        for (const before of waiting.values()) before.delete(node);
      },
      (error) => void failures.push({ node, error }),
    );
    running.set(
      node,
      done.then(() => void running.delete(node)),
    );
  };
  for (;;) {
    const ready = [...waiting].filter(([, before]) => before.size === 0).map(([node]) => node);
    ready.slice(0, atOnce - running.size).forEach(start);
    if (running.size === 0) return failures;
    await Promise.race(running.values());
  }
}

function within(graph: Graph, nodes: ReadonlySet<string>): Set<string> {
  return new Set([...nodes].filter((node) => graph.has(node)));
}
