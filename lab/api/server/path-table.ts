import { methodNotAllowed, notFound, notImplemented } from './errors';
import type { Route } from './route';

interface Entry {
  readonly parts: readonly string[];
  /** HEAD among them where there is GET. */
  readonly methods: Set<string>;
  readonly emulated: Set<string>;
}

const partsOf = (path: string) => path.split('/').filter((part) => part !== '');
const isParameter = (part: string) => part.startsWith(':');
const staticParts = ({ parts }: Entry) => parts.filter((part) => !isParameter(part)).length;
const withHead = (method: string) => (method === 'GET' ? ['GET', 'HEAD'] : [method]);
/** Calls of one kind of thing, with so many parts. */
const bucketOf = (parts: readonly string[]) => `${parts.length} ${parts[1]}`;

/** Kinds of things whose lists don't answer to a path with a slash at its end. */
const STRICT_SLASHES = ['monitoring'];

/** The kinds of things that routes are about. */
export const kindsOf = (routes: readonly Pick<Route, 'path'>[]) => [
  ...new Set(routes.map(({ path }) => partsOf(path)[1] ?? '')),
];

/** Which methods each path of DigitalOcean's has, and which of them are emulated. */
export class Paths {
  /** In each bucket those with the fewest parameters first. */
  private readonly entries = new Map<string, Entry[]>();
  private readonly kinds: readonly string[];

  /**
   * @param published a path in each line, with the methods that DigitalOcean has there
   * @param otherKinds kinds of things of which another server has the calls
   */
  constructor(
    routes: readonly Pick<Route, 'method' | 'path'>[],
    published: string,
    otherKinds: readonly string[] = [],
  ) {
    for (const line of published.trim().split('\n')) {
      const [path = '', ...methods] = line.split(' ');
      for (const method of methods.flatMap(withHead)) this.entry(path).methods.add(method);
    }
    for (const { method, path } of routes)
      for (const name of withHead(method)) {
        this.entry(path).methods.add(name);
        this.entry(path).emulated.add(name);
      }
    for (const all of this.entries.values()) all.sort((a, b) => staticParts(b) - staticParts(a));
    this.kinds = [...new Set([...kindsOf(routes), ...otherKinds])].sort();
  }

  /** The methods that a path has; none for one that nobody knows. */
  methodsAt(path: string): readonly string[] {
    return [...(this.find(path)?.methods ?? [])];
  }

  /** @throws 404 for a path and 405 for a method that DigitalOcean does not have, 501 for a call that is not emulated */
  refuse(method: string, path: string): void {
    const entry = this.find(path);
    if (!entry) throw notFound();
    if (!entry.methods.has(method)) throw methodNotAllowed(method, [...entry.methods].join(', '));
    if (!entry.emulated.has(method))
      throw notImplemented(`${method} ${path}`, `It has calls of: ${this.kinds.join(', ')}.`);
  }

  private find(path: string): Entry | undefined {
    const parts = partsOf(path);
    if (path.endsWith('/') && STRICT_SLASHES.includes(parts[1] ?? '')) return undefined;
    return this.entries
      .get(bucketOf(parts))
      ?.find((entry) => entry.parts.every((part, index) => isParameter(part) || part === parts[index]));
  }

  /** That of a path, whatever its parameters are called. */
  private entry(path: string): Entry {
    const parts = partsOf(path).map((part) => (isParameter(part) ? ':' : part));
    const alike = this.entries.get(bucketOf(parts)) ?? [];
    this.entries.set(bucketOf(parts), alike);
    const known = alike.find((one) => one.parts.join('/') === parts.join('/'));
    const entry = known ?? { parts, methods: new Set(), emulated: new Set() };
    if (!known) alike.push(entry);
    return entry;
  }
}
