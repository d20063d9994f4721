import { z } from 'zod';
import { publicImages } from '../catalogue/catalogue';
import { openapi } from '../server/provenance';
import { type Route, route } from '../server/route';

const TYPES = ['droplet', 'kubernetes'] as const;
const KUBERNETES = [
  ...['cert-manager', 'ingress-nginx', 'kube-state-metrics', 'loki', 'metrics-server', 'monitoring'],
];
const slugs = (type: (typeof TYPES)[number]) =>
  type === 'kubernetes' ? KUBERNETES : publicImages('application').map(({ slug }) => slug ?? '');

export const oneClickRoutes = (): Route[] => [
  route({
    call: 'GET /v2/1-clicks',
    operation: 'oneClicks_list',
    scopes: [[]],
    query: openapi(z.object({ type: z.enum(TYPES).optional() })),
    status: 200,
    answer: openapi(
      z.strictObject({ '1_clicks': z.array(z.strictObject({ slug: z.string(), type: z.enum(TYPES) })) }),
    ),
    guesses: [
      'Those for Droplets are the images with an application; those for Kubernetes, of which there are more, can not be installed.',
    ],
    handle: ({ query }) => ({
      '1_clicks': TYPES.filter((type) => !query.type || type === query.type).flatMap((type) =>
        slugs(type).map((slug) => ({ slug, type })),
      ),
    }),
  }),
];
