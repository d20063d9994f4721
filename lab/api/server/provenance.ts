import { z } from 'zod';

/**
 * Where our knowledge of a field comes from: its name, type and place were checked against DigitalOcean's published OpenAPI
 * document, or it is a guess with a reason.
 */
export type Label = { readonly by: 'openapi' } | { readonly by: 'guess'; readonly why: string };

interface Meta {
  readonly label: Label;
  /** Objects with a name get a table of their own in the ledger. */
  readonly name?: string;
}

const labels = new WeakMap<z.ZodType, Meta>();

/** Labels a schema, and all fields in it that have no label of their own, as checked against the OpenAPI document. */
export function openapi<T extends z.ZodType>(schema: T, name?: string): T {
  labels.set(schema, { label: { by: 'openapi' }, name });
  return schema;
}

/** Labels a schema as a guess, and says what the guess rests on. */
export function guess<T extends z.ZodType>(why: string, schema: T): T {
  labels.set(schema, { label: { by: 'guess', why } });
  return schema;
}

export interface Field {
  readonly path: string;
  readonly label: Label | undefined;
}

/** Every field of a schema with its own label or the nearest one above it. Named objects are left to `onObject`. */
export function fields(
  schema: z.ZodType,
  onObject: (name: string, schema: z.ZodType) => void = () => undefined,
  path = '',
  inherited?: Label,
): Field[] {
  const meta = labels.get(schema);
  const label = meta?.label ?? inherited;
  if (meta?.name !== undefined && path !== '') {
    onObject(meta.name, schema);
    return [{ path: `${path} (${meta.name})`, label }];
  }
  if (schema instanceof z.ZodObject) {
    const children = Object.entries(schema.shape as Record<string, z.ZodType>);
    return children.flatMap(([key, child]) =>
      fields(child, onObject, path === '' ? key : `${path}.${key}`, label),
    );
  }
  if (schema instanceof z.ZodArray) return fields(schema.element as z.ZodType, onObject, `${path}[]`, label);
  if (schema instanceof z.ZodRecord)
    return fields(schema.valueType as z.ZodType, onObject, `${path}.*`, label);
  if (schema instanceof z.ZodUnion)
    return merged(schema.options.flatMap((option) => fields(option as z.ZodType, onObject, path, label)));
  if (schema instanceof z.ZodIntersection)
    return [schema.def.left, schema.def.right].flatMap((side) =>
      fields(side as z.ZodType, onObject, path, label),
    );
  const inner = wrapped(schema);
  if (inner) return fields(inner, onObject, path, label);
  return [{ path, label }];
}

function wrapped(schema: z.ZodType): z.ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return schema.unwrap() as z.ZodType;
  if (schema instanceof z.ZodPipe) return schema.in as unknown as z.ZodType;
  return undefined;
}

function merged(all: readonly Field[]): Field[] {
  return [...new Map(all.map((field) => [field.path, field])).values()];
}
