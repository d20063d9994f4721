/** A plan as `terraform show -json` gives it, as far as it is shown. */
export interface Plan {
  readonly resource_changes?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, { readonly actions: readonly string[] }>>;
}

export interface ResourceChange {
  readonly address: string;
  readonly deposed?: string;
  readonly action_reason?: string;
  readonly change: Change;
}

type Attributes = Readonly<Record<string, unknown>>;

interface Change {
  readonly actions: readonly string[];
  readonly before: Attributes | null;
  readonly after: Attributes | null;
  readonly after_unknown: Attributes | boolean;
  readonly before_sensitive: Attributes | boolean;
  readonly after_sensitive: Attributes | boolean;
  readonly replace_paths?: readonly (readonly (string | number)[])[];
}

const WORDS: Readonly<Record<string, string>> = {
  create: 'create',
  update: 'change',
  delete: 'destroy',
  'create,delete': 'replace, the new one first',
  'delete,create': 'replace, the old one goes first',
};

/** Longer values are files, mostly: Terraform's own plan of a new stack has thousands of lines. */
const LONGEST_VALUE = 60;

/** One line for each resource that changes, with what changes in it, and one with the sums. */
export function linesOf(plan: Plan): string[] {
  const changes = (plan.resource_changes ?? []).flatMap((resource) => {
    const word = WORDS[resource.change.actions.join()];
    return word ? [{ word, resource }] : [];
  });
  const count = (start: string) => changes.filter(({ word }) => word.startsWith(start)).length;
  const sums = ['create', 'change', 'replace', 'destroy'].map((word) => `${count(word)} to ${word}`);
  const outputs = Object.entries(plan.output_changes ?? {})
    .filter(([, { actions }]) => actions.join() !== 'no-op')
    .map(([name]) => name);
  return [
    ...changes.map(({ word, resource }) => lineOf(word, resource)).sort(),
    `${sums.join(', ')}.${outputs.length > 0 ? ` Outputs that change: ${outputs.join(', ')}.` : ''}`,
  ];
}

function lineOf(word: string, { address, deposed, action_reason, change }: ResourceChange): string {
  const line = `  ${word}: ${address}${deposed ? ' (what an earlier replacement left)' : ''}`;
  if (word === 'change') return `${line}: ${differences(change).join(', ')}`;
  if (!word.startsWith('replace')) return line;
  const forcing = [...new Set((change.replace_paths ?? []).map(([name]) => String(name)))];
  const because = forcing.length > 0 ? forcing.join(', ') : (action_reason ?? '').replaceAll('_', ' ');
  return because ? `${line}: ${because}` : line;
}

/** `size: "a" -> "b"` where both are short and no secret, the name alone where not. */
function differences(change: Change): string[] {
  const { before, after, after_unknown: unknown } = change;
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {}), ...Object.keys(unknown)]);
  return [...names].sort().flatMap((name) => {
    const isUnknown = Boolean(at(unknown, name));
    const values = [before?.[name], after?.[name]].map((value) => JSON.stringify(value ?? null));
    if (!isUnknown && values[0] === values[1]) return [];
    const secret = [change.before_sensitive, change.after_sensitive].some((marks) =>
      isMarked(at(marks, name)),
    );
    if (isUnknown || secret || values.some((value) => value.length > LONGEST_VALUE)) return [name];
    return [`${name}: ${values.join(' -> ')}`];
  });
}

function at(marks: Attributes | boolean, name: string): unknown {
  return typeof marks === 'boolean' ? marks : marks[name];
}

/** Whether any part of a value is marked: marks have the form of the value, with true at what is meant. */
function isMarked(marks: unknown): boolean {
  return typeof marks === 'object' && marks !== null ? Object.values(marks).some(isMarked) : marks === true;
}
