import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

// biome-ignore lint/suspicious/noExplicitAny: a document may have anything anywhere
type Node = any;

/** A call as DigitalOcean shows it for curl. */
export interface Sample {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body?: Node;
  /** Without the token and the type of the body. */
  readonly headers: Readonly<Record<string, string>>;
}

/** DigitalOcean's published document, read from a folder with its openapi repository. */
export class Document {
  private readonly files = new Map<string, Node>();
  private readonly root: string;

  constructor(folder: string) {
    this.root = join(folder, 'specification/DigitalOcean-public.v2.yaml');
  }

  /** A call, such as `GET /v2/droplets/{droplet_id}`, with all that it refers to; undefined where there is none. */
  operation(method: string, path: string): Node {
    const calls = this.file(this.root).paths[path];
    return calls && this.whole(calls[method.toLowerCase()], this.root);
  }

  /** What the document shows for curl. */
  samples(method: string, path: string): Sample[] {
    const shown: Node[] = this.operation(method, path)?.['x-codeSamples'] ?? [];
    return shown.filter(({ lang }) => lang === 'cURL').flatMap(({ source }) => samplesOf(String(source)));
  }

  /** JSON Schema of an answer. */
  answer(method: string, path: string, status: number): Node {
    return this.operation(method, path)?.responses?.[status]?.content?.['application/json']?.schema;
  }

  private file(name: string): Node {
    if (!this.files.has(name)) this.files.set(name, parse(readFileSync(name, 'utf8')));
    return this.files.get(name);
  }

  /** A node with what it refers to in its place, and OpenAPI's `nullable` as JSON Schema says it. */
  private whole(node: Node, file: string, above: readonly string[] = []): Node {
    if (typeof node !== 'object' || node === null) return node;
    if (Array.isArray(node)) return node.map((item) => this.whole(item, file, above));
    if (typeof node.$ref === 'string') {
      const [name, pointer = ''] = node.$ref.split('#');
      const target = name ? join(dirname(file), name) : file;
      const where = `${target}#${pointer}`;
      if (above.includes(where)) return {}; // it holds itself: anything goes there
      const steps = pointer.split('/').filter(Boolean);
      const found = steps.reduce((value: Node, step: string) => value?.[step], this.file(target));
      return this.whole(found, target, [...above, where]);
    }
    const entries = Object.entries(node).map(([key, value]) => [key, this.whole(value, file, above)]);
    const { nullable, discriminator: _, ...whole } = Object.fromEntries(entries);
    return nullable === true ? { anyOf: [whole, { type: 'null' }] } : whole;
  }
}

/** The calls of curl commands, of which a text may have several. */
function samplesOf(source: string): Sample[] {
  return source
    .split(/^(?:# )?curl\s/m)
    .slice(1)
    .flatMap((command) => {
      const method = /-X (\w+)/.exec(command)?.[1];
      const path = /https:\/\/api\.digitalocean\.com([^"'\s]*)/.exec(command)?.[1];
      const text = /(?:-d|--data)\s+'((?:[^']|'\\''|'"\$\([^)]*\)"')*)'/.exec(command)?.[1];
      const headers = [...command.matchAll(/-H ["']((?!Authorization|Content-Type)[\w-]+): ([^"']*)["']/gi)];
      const more = {
        ...(text === undefined ? {} : { body: JSON.parse(unquoted(text)) }),
        headers: Object.fromEntries(headers.map(([, name, value]) => [name, value])),
      };
      return path ? [{ method: method ?? (text ? 'POST' : 'GET'), path, ...more }] : [];
    });
}

/** A text as the shell hands it over, but for the files that it would read. */
const unquoted = (text: string) => text.replaceAll("'\\''", "'").replace(/'"\$\([^)]*\)"'/g, 'a file');
