import { methodNotAllowed, notFound, notImplemented } from './errors';
import type { Route } from './route';

interface Entry {
  readonly parts: readonly string[];
  /** HEAD among them where there is GET. */
  readonly methods: Set<string>;
  readonly routes: Map<string, Route>;
}

/** The route of a call, and what its path says for the route's parameters. */
export interface FoundRoute {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

const partsOf = (path: string) => path.split('/').filter((part) => part !== '');
const isParameter = (part: string) => part.startsWith(':');
const staticParts = ({ parts }: Entry) => parts.filter((part) => !isParameter(part)).length;
const withHead = (method: string) => (method === 'GET' ? ['GET', 'HEAD'] : [method]);

/** What a path of the API is about: the part after the version. */
const kindOf = (path: string) => partsOf(path)[1] ?? '';

/** Kinds of things whose lists don't answer to a path with a slash at its end. */
const STRICT_SLASHES = ['monitoring'];

/** Which route a call has, and which methods each path of DigitalOcean's. */
export class Paths {
  private readonly routes: Route[] = [];
  /** Paths that DigitalOcean has, each with its methods behind it, by kind. */
  private readonly published = new Map<string, string[]>();
  /** Made for a kind when the first call of it comes: those with the fewest parameters first. */
  private readonly entries = new Map<string, readonly Entry[]>();

  /**
   * @param published a path in each line, with the methods that DigitalOcean has there
   * @param lateKinds kinds of things of which there will be routes
   */
  constructor(
    routes: readonly Route[],
    published: string,
    private readonly lateKinds: readonly string[] = [],
  ) {
    for (const line of published.trim().split('\n')) {
      const kind = kindOf(line.split(' ', 1)[0] as string);
      const alike = this.published.get(kind);
      if (alike) alike.push(line);
      else this.published.set(kind, [line]);
    }
    this.add(routes);
  }

  add(routes: readonly Route[]): void {
    this.routes.push(...routes);
    this.entries.clear();
  }

  /** The methods that a path has; none for one that nobody knows. */
  methodsAt(path: string): readonly string[] {
    return [...(this.find(path)?.methods ?? [])];
  }

  /** @throws 404 for a path and 405 for a method that DigitalOcean does not have, 501 for a call that is not emulated */
  routeOf(method: string, path: string): FoundRoute {
    const entry = this.find(path);
    if (!entry) throw notFound();
    if (!entry.methods.has(method)) throw methodNotAllowed(method, [...entry.methods].join(', '));
    const route = entry.routes.get(method);
    if (!route) throw notImplemented(`${method} ${path}`, `It has calls of: ${this.kinds().join(', ')}.`);
    const given = partsOf(path);
    const params = partsOf(route.path).flatMap((part, index) =>
      isParameter(part) ? [[part.slice(1), decodeURIComponent(given[index] as string)]] : [],
    );
    return { route, params: Object.fromEntries(params) };
  }

  private find(path: string): Entry | undefined {
    const parts = partsOf(path);
    const kind = parts[1] ?? '';
    if (path.endsWith('/') && STRICT_SLASHES.includes(kind)) return undefined;
    return this.entriesOf(kind).find(
      (entry) =>
        entry.parts.length === parts.length &&
        entry.parts.every((part, index) => isParameter(part) || part === parts[index]),
    );
  }

  private entriesOf(kind: string): readonly Entry[] {
    const known = this.entries.get(kind);
    if (known) return known;
    const entries = new Map<string, Entry>();
    const entry = (path: string): Entry => {
      const parts = partsOf(path).map((part) => (isParameter(part) ? ':' : part)); // whatever it is called
      const key = parts.join('/');
      const made = entries.get(key) ?? { parts, methods: new Set(), routes: new Map() };
      entries.set(key, made);
      return made;
    };
    for (const line of this.published.get(kind) ?? []) {
      const [path = '', ...methods] = line.split(' ');
      for (const method of methods.flatMap(withHead)) entry(path).methods.add(method);
    }
    for (const route of this.routes.filter(({ path }) => kindOf(path) === kind))
      for (const method of withHead(route.method)) {
        entry(route.path).methods.add(method);
        entry(route.path).routes.set(method, route);
      }
    const sorted = [...entries.values()].sort((a, b) => staticParts(b) - staticParts(a));
    this.entries.set(kind, sorted);
    return sorted;
  }

  private kinds(): readonly string[] {
    return [...new Set([...this.routes.map(({ path }) => kindOf(path)), ...this.lateKinds])].sort();
  }
}
