import { z } from 'zod';
import { PROVIDERS } from './resource-types';

/** The form of a stack's cdk.tf.json, as far as it is no expression. Whatever is not named here is refused. */

const json = z.json();
const comment = { '//': json.optional() };

const condition = z.strictObject({ condition: json, error_message: json });

const lifecycle = z.strictObject({
  create_before_destroy: z.boolean().default(false),
  prevent_destroy: z.boolean().default(false),
  ignore_changes: z.union([z.literal('all'), z.array(z.string())]).default([]),
  /** Whole resources. */
  replace_triggered_by: z
    .array(z.string().regex(/^[a-z]\w*\.[A-Za-z_][\w-]*$/, 'is no resource such as terraform_data.revision'))
    .default([]),
  precondition: z.array(condition).default([]),
  postcondition: z.array(condition).default([]),
});

const timeout = z.string().regex(/^\d+[smh]$/, 'is no duration such as 90s or 10m');

/** A command that is run on this machine once a resource has been made. */
const localExec = z.strictObject({
  command: json,
  environment: z.record(z.string(), json).default({}),
  quiet: z.boolean().default(false),
});

/** What a resource may say besides its attributes. */
export const metaArguments = z.object({
  lifecycle: lifecycle.prefault({}),
  depends_on: z.array(z.string()).default([]),
  provisioner: z.array(z.strictObject({ 'local-exec': localExec })).default([]),
  timeouts: z
    .strictObject({ create: timeout.optional(), update: timeout.optional(), delete: timeout.optional() })
    .default({}),
});

const variable = z.strictObject({
  ...comment,
  type: z.enum(['string', 'number', 'bool']),
  description: z.string().default(''),
  default: json.optional(),
  nullable: z.boolean().default(true),
  sensitive: z.boolean().default(false),
  validation: z.array(condition).default([]),
});

const output = z.strictObject({
  ...comment,
  value: json,
  description: z.string().optional(),
  sensitive: z.boolean().default(false),
});

const provider = z
  .strictObject({ source: z.string(), version: z.string().optional() })
  .refine(({ source }) => Object.values(PROVIDERS).includes(source), {
    message: `is none of the providers ${Object.values(PROVIDERS).join(', ')}`,
  });

const bodies = z.record(z.string(), z.record(z.string(), z.record(z.string(), json))).default({});

export const document = z.strictObject({
  ...comment,
  terraform: z
    .strictObject({
      backend: json.optional(),
      required_version: z.string().optional(),
      required_providers: z.record(z.string(), provider).default({}),
    })
    .prefault({}),
  provider: z.record(z.string(), z.union([z.strictObject({}), z.array(z.strictObject({}))])).default({}),
  variable: z.record(z.string(), variable).default({}),
  locals: z.record(z.string(), json).default({}),
  data: bodies,
  resource: bodies,
  output: z.record(z.string(), output).default({}),
});

export type Document = z.output<typeof document>;
export type Body = Document['resource'][string][string];

/** One sentence per thing that is not of the form, each with its path. */
export function sentences(error: z.ZodError, where: readonly string[] = []): string[] {
  return error.issues.map((issue) => `${[...where, ...issue.path].join('.')}: ${issue.message}`);
}
