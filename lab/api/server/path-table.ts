import { methodNotAllowed, notImplemented } from './errors';
import type { Route } from './route';

export type CallName = Pick<Route, 'method' | 'path'>;

interface Entry {
  readonly parts: readonly string[];
  /** HEAD among them where there is GET. */
  readonly methods: Set<string>;
  readonly notEmulated: Set<string>;
}

const partsOf = (path: string) => path.split('/').filter((part) => part !== '');
const isParameter = (part: string) => part.startsWith(':');
const staticParts = ({ parts }: Entry) => parts.filter((part) => !isParameter(part)).length;

/** Which methods each path has, of the calls that are emulated and of those that would be taken for one of them. */
export class Paths {
  /** By the number of their parts, those with the fewest parameters first. */
  private readonly entries = new Map<number, Entry[]>();

  constructor(calls: readonly CallName[], notEmulated: readonly CallName[]) {
    for (const call of calls) this.add(call, false);
    for (const call of notEmulated) this.add(call, true);
    for (const all of this.entries.values()) all.sort((a, b) => staticParts(b) - staticParts(a));
  }

  /** The methods that a path has; none for one that nobody knows. */
  methodsAt(path: string): readonly string[] {
    return [...(this.find(path)?.methods ?? [])];
  }

  /** @throws 405 for a method that DigitalOcean does not have at a path, 501 for a call that is not emulated */
  refuse(method: string, path: string): void {
    const entry = this.find(path);
    if (!entry) throw notImplemented(`${method} ${path}`);
    if (!entry.methods.has(method)) throw methodNotAllowed(method, [...entry.methods].join(', '));
    if (entry.notEmulated.has(method)) throw notImplemented(`${method} ${path}`);
  }

  private find(path: string): Entry | undefined {
    const parts = partsOf(path);
    return this.entries
      .get(parts.length)
      ?.find((entry) => entry.parts.every((part, index) => isParameter(part) || part === parts[index]));
  }

  private add({ method, path }: CallName, isMissing: boolean): void {
    const parts = partsOf(path);
    const alike = this.entries.get(parts.length) ?? [];
    this.entries.set(parts.length, alike);
    const known = alike.find((one) => one.parts.join('/') === parts.join('/'));
    const entry = known ?? { parts, methods: new Set(), notEmulated: new Set() };
    if (!known) alike.push(entry);
    for (const name of method === 'GET' ? ['GET', 'HEAD'] : [method]) {
      entry.methods.add(name);
      if (isMissing) entry.notEmulated.add(name);
    }
  }
}
