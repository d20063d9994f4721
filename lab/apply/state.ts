import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { Refusal } from './refusal';
import type { Attributes } from './resource-type';

/** One thing that exists, as it was last seen. */
export interface Instance {
  readonly attributes: Attributes;
  /** All resources that it rests on: it is destroyed before them. */
  readonly dependencies: readonly string[];
  readonly createBeforeDestroy: boolean;
  /** How long operations may wait, where the configuration said so, milliseconds. */
  readonly timeouts: Readonly<Record<string, number>>;
  /** It was begun and never finished; it is replaced at the next apply. */
  readonly tainted: boolean;
}

export interface ResourceState {
  readonly type: string;
  /** @default - none: only remains of replaced ones are there */
  readonly current?: Instance;
  /** Replaced, and still to be destroyed. */
  readonly deposed: readonly Instance[];
}

const instance = z.strictObject({
  attributes: z.record(z.string(), z.json()),
  dependencies: z.array(z.string()),
  createBeforeDestroy: z.boolean(),
  timeouts: z.record(z.string(), z.number()),
  tainted: z.boolean(),
});

const file = z.strictObject({
  version: z.literal(1),
  resources: z.record(
    z.string(),
    z.strictObject({ type: z.string(), current: instance.optional(), deposed: z.array(instance) }),
  ),
});

/**
 * What exists, by address, in a file that only its owner may read: it holds passwords. Each change is on disk before the next
 * step, so that an interrupted apply goes on where it was. (As with Terraform, what a killed process had asked the API for and not
 * yet had an answer to is not in it.)
 */
export class State {
  private constructor(
    private readonly path: string,
    private readonly resources: Map<string, ResourceState>,
  ) {}

  /** Opens a state file; none is an empty state. Throws a Refusal when it is none of ours. */
  static open(path: string): State {
    const text = readIfThere(path);
    if (text === undefined) return new State(path, new Map());
    const parsed = file.safeParse(parseJson(text));
    if (!parsed.success) throw new Refusal([`${path} is not a state file of this program`]);
    return new State(path, new Map(Object.entries(parsed.data.resources)));
  }

  addresses(): string[] {
    return [...this.resources.keys()];
  }

  get(address: string): ResourceState | undefined {
    return this.resources.get(address);
  }

  /** Changes what is known of one resource; undefined (or nothing left of it) forgets it. */
  set(address: string, resource: ResourceState | undefined): void {
    if (resource && (resource.current || resource.deposed.length > 0)) this.resources.set(address, resource);
    else this.resources.delete(address);
    this.save();
  }

  private save(): void {
    const content = { version: 1, resources: Object.fromEntries([...this.resources].sort()) };
    const next = `${this.path}.next`;
    rmSync(next, { force: true });
    const descriptor = openSync(next, 'wx', 0o600);
    try {
      writeFileSync(descriptor, `${JSON.stringify(content, null, 2)}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(next, this.path);
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
