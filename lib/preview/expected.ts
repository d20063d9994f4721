import type { Block } from '../architecture';
import { type Kind, type ResourceChange, TRIGGERED } from './change';
import { forcesNew } from './forces-new';
import { addressOf, type Past } from './past';
import { referencesIn } from './template';

/** Not attributes of the resource. */
const META = ['//', 'lifecycle', 'depends_on', 'provisioner', 'timeouts', 'provider'];

/** The user data of a droplet, in an expression. */
const DOCUMENT = /data\.cloudinit_config\.([\w-]+)\.rendered/g;

type Decision = Pick<ResourceChange, 'kind' | 'because'>;

/** What a deployment of a stack would change, without Terraform: as its plan says it, where that can be known from here. */
export function expectedChanges(json: Block, past: Past): ResourceChange[] {
  const decided = new Map<string, Decision>();
  const configuration = new Map<string, Block>();
  for (const [type, named] of Object.entries<Block>(json.resource ?? {})) {
    for (const [name, body] of Object.entries<Block>(named)) configuration.set(addressOf(type, name), body);
  }
  const decisionOn = (address: string): Decision => {
    const known = decided.get(address) ?? decide(address);
    decided.set(address, known);
    return known;
  };
  /** Whether the id, and what else only the provider knows, will be another one. */
  const isNew = (address: string) => ['create', 'replace'].includes(decisionOn(address).kind);

  function decide(address: string): Decision {
    const body = configuration.get(address);
    const was = past.resources.get(address);
    if (!body || !was) return { kind: body ? 'create' : 'keep', because: [] };
    const ignored: string[] = body.lifecycle?.ignore_changes ?? [];
    const changed = Object.keys(body)
      .filter((key) => !META.includes(key) && !ignored.includes(key))
      .filter((key) => isChanged(body[key], was[key]));
    const [type = ''] = address.split('.');
    const forcing = changed.filter((key) => forcesNew(type, key));
    const triggers: string[] = body.lifecycle?.replace_triggered_by ?? [];
    if (triggers.some((trigger) => ['change', 'replace'].includes(decisionOn(trigger).kind))) {
      forcing.push(TRIGGERED);
    }
    if (forcing.length > 0) return { kind: 'replace', because: forcing.sort() };
    return { kind: changed.length > 0 ? 'change' : 'keep', because: changed.sort() };
  }

  function isChanged(value: unknown, was: unknown): boolean {
    const documents = [...String(value).matchAll(DOCUMENT)].map(([, name = '']) => name);
    const sources = [value, ...documents.map((name) => json.data?.cloudinit_config?.[name])];
    if (sources.flatMap(referencesIn).some((reference) => configuration.has(reference) && isNew(reference))) {
      return true;
    }
    if (documents.some((name) => !past.isSameUserData(name, json))) return true;
    return documents.length === 0 && !past.isSame(value, was);
  }

  const all = new Set([...configuration.keys(), ...past.resources.keys()]);
  return [...all].sort().map((address): ResourceChange => {
    const [type = '', name = ''] = address.split('.');
    const body = configuration.get(address);
    const gone: Decision = { kind: 'destroy' satisfies Kind, because: [] };
    return {
      ...{ type, name, ...(body ? decisionOn(address) : gone) },
      isDoubled: body?.lifecycle?.create_before_destroy === true,
      isProtected: body?.lifecycle?.prevent_destroy === true,
      before: past.resources.get(address),
      after: body,
    };
  });
}
