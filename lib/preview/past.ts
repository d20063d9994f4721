import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Block } from '../architecture';
import type { Stack } from '../commands/synthesis';
import { UserError } from '../user-error';
import { sameTemplate } from './template';

/** What there was: what a stack is compared with. */
export interface Past {
  /** In words: "the state terraform.scale-up.tfstate". */
  readonly name: string;
  /** Attributes by type and name. */
  readonly resources: ReadonlyMap<string, Block>;
  /** Whether a value of the new JSON, which may refer to other resources, is what was there. */
  isSame(value: unknown, was: unknown): boolean;
  /** Whether a droplet would get the user data of before, by the name of its document. */
  isSameUserData(document: string, json: Block): boolean;
}

const STATE = 'a state of Terraform';
const SYNTHESIS = 'the JSON of a stack';

export const addressOf = (type: string, name: string) => `${type}.${name}`;

/** Nothing was deployed yet. */
export const NOTHING: Past = {
  name: 'nothing: there is neither a state nor an earlier synthesis',
  resources: new Map(),
  isSame: () => true,
  isSameUserData: () => true,
};

/**
 * Terraform's state file, or what `terraform state pull` wrote.
 *
 * @throws UserError when it is none
 */
export function pastOfState(file: string): Past {
  const { version, resources: found } = parse(file, STATE);
  if (typeof version !== 'number' || !Array.isArray(found)) {
    throw new UserError([`${file}: is not ${STATE}; \`terraform state pull > ${file}\` writes one`]);
  }
  const of = (mode: string): Map<string, Block> =>
    new Map(
      found
        .filter((one: Block) => one.mode === mode && one.instances?.length > 0)
        .map(({ type, name, instances }: Block) => [addressOf(type, name), instances[0].attributes]),
    );
  const [resources, data] = [of('managed'), of('data')];
  const lookUp = (reference: string): unknown => {
    const [type = '', name = '', ...path] = reference.split('.');
    if (type === 'var') return process.env[`TF_VAR_${name}`];
    const attributes = resources.get(addressOf(type, name));
    return path.reduce((value, key) => value?.[key], unwrapped(attributes));
  };
  return {
    name: `the state ${file}`,
    resources,
    isSame: (value, was) =>
      matches(value, unwrapped(was), (text, other) => sameTemplate(text, other, lookUp)),
    isSameUserData(document, json) {
      const was: Block[] = data.get(addressOf('cloudinit_config', document))?.part ?? [];
      const now = partsOf(document, json);
      return (
        was.length === now.length &&
        now.every((text, i) => sameTemplate(text, String(was[i]?.content), lookUp))
      );
    },
  };
}

/**
 * What an earlier synthesis wrote.
 *
 * @param file the Terraform JSON
 */
export function pastOfSynthesis(file: string): Past {
  const json = parse(file, SYNTHESIS);
  const entries = Object.entries<Block>(json.resource ?? {}).flatMap(([type, named]) =>
    Object.entries<Block>(named).map(([name, body]) => [addressOf(type, name), body] as const),
  );
  /** What is known by its name may be named, or referred to. */
  const named = (text: string) =>
    text.replaceAll(
      /\$\{digitalocean_(domain|tag)\.([\w-]+)\.(?:id|name)\}/g,
      (reference, type, name) => json.resource?.[`digitalocean_${type}`]?.[name]?.name ?? reference,
    );
  return {
    name: `the synthesis of before, ${file}, deployed or not`,
    resources: new Map(entries),
    isSame: (value, was) => matches(value, was, (text, other) => named(text) === named(other)),
    isSameUserData: (document, now) =>
      JSON.stringify(partsOf(document, json)) === JSON.stringify(partsOf(document, now)),
  };
}

/**
 * The state where it is on this machine, else the synthesis that is there.
 *
 * @param place of an earlier synthesis, if there is one
 * @param json of the present one
 */
export function pastOf({ file, folder }: Pick<Stack, 'file' | 'folder'>, json: Block): Past {
  const before = existsSync(file) ? [parse(file, SYNTHESIS)] : [];
  const states = [json, ...before].flatMap(({ terraform }) => {
    const local = terraform?.backend?.local;
    return local ? [join(folder, local.path ?? 'terraform.tfstate')] : [];
  });
  const state = states.find((one) => existsSync(one));
  if (state) return pastOfState(state);
  return before.length > 0 ? pastOfSynthesis(file) : NOTHING;
}

/** The cloud-config texts of a droplet, with what they share put in. */
function partsOf(document: string, json: Block): string[] {
  const parts: Block[] = json.data?.cloudinit_config?.[document]?.part ?? [];
  return parts.map(({ content }) =>
    String(content).replace(/^\$\{local\.([\w-]+)\}$/, (_, name) => json.locals?.[name] ?? ''),
  );
}

/** Whether a value of a configuration is in what there is, which has more: what the configuration leaves open. */
function matches(value: unknown, was: unknown, isSame: (text: string, was: string) => boolean): boolean {
  if (Array.isArray(value)) {
    const left = Array.isArray(was) ? [...was] : [];
    if (left.length !== value.length) return false;
    // Sets, mostly: in no order.
    return value.every((one) => {
      const place = left.findIndex((other) => matches(one, other, isSame));
      if (place >= 0) left.splice(place, 1);
      return place >= 0;
    });
  }
  if (typeof value === 'object' && value !== null) {
    const other = Array.isArray(was) ? was[0] : was;
    return Object.entries(value).every(([key, one]) => matches(one, (other as Block)?.[key], isSame));
  }
  return isSame(String(value), String(was ?? ''));
}

/** A value of no fixed type has its type beside it in the state. */
function unwrapped(value: Block): Block {
  const isDynamic = value && typeof value === 'object' && 'value' in value && 'type' in value;
  return isDynamic && Object.keys(value).length === 2 ? value.value : value;
}

function parse(file: string, what: string): Block {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UserError([`${file}: is not ${what} that can be read (${(error as Error).message})`]);
  }
}
