import { z } from 'zod';
import { regionSlugs } from '../catalogue/catalogue';
import { openapi } from '../server/provenance';
import { type Route, route } from '../server/route';
import { ENGINES, SIZES, TRAITS } from './engine';

const option = openapi(
  z.strictObject({
    regions: z.array(z.string()),
    versions: z.array(z.string()),
    default_version: z.string(),
    layouts: z.array(z.strictObject({ num_nodes: z.int(), sizes: z.array(z.string()) })),
  }),
  'database option',
);
const availability = openapi(
  z.array(
    z.strictObject({
      version: z.string(),
      end_of_life: z.string().nullable(),
      end_of_availability: z.string().nullable(),
      default: z.boolean(),
    }),
  ),
);
const ofEach = <T extends z.ZodType>(schema: T) =>
  z.strictObject(Object.fromEntries(ENGINES.map((engine) => [engine, schema])));

/** What clusters can be made of. */
export const databaseOptionRoutes = (): Route[] => [
  route({
    call: 'GET /v2/databases/options',
    operation: 'databases_list_options',
    scopes: [['database:read']],
    status: 200,
    answer: openapi(z.strictObject({ options: ofEach(option), version_availability: ofEach(availability) })),
    guesses: [
      "A few sizes for all engines; versions are those of the document's example and of the provider's tests.",
    ],
    handle: () => {
      const each = <T>(of: (versions: readonly string[], nodes: readonly number[]) => T) =>
        Object.fromEntries(
          ENGINES.map((engine) => [engine, of(TRAITS[engine].versions, TRAITS[engine].nodes)]),
        );
      return {
        options: each((versions, nodes) => ({
          regions: regionSlugs,
          versions: [...versions].sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b)),
          default_version: versions.at(-1),
          layouts: nodes.map((num_nodes) => ({ num_nodes, sizes: SIZES })),
        })),
        version_availability: each((versions) =>
          versions.map((version) => ({
            ...{ version, end_of_life: null, end_of_availability: null },
            default: version === versions.at(-1),
          })),
        ),
      };
    },
  }),
];
