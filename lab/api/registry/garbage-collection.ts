import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Api } from '../api';
import { becoming } from '../server/becoming';
import { conflict, found, unprocessable } from '../server/errors';
import { openapi } from '../server/provenance';
import { type Call, list, type Route, route } from '../server/route';
import { second } from '../server/time';
import { COLLECT } from './garbage-collection-life';
import { GARBAGE_COLLECTIONS, type GarbageCollection, type Registry } from './stored-registry';

const answer = openapi(
  z.strictObject({
    uuid: z.uuid(),
    registry_name: z.string(),
    status: z.string(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    blobs_deleted: z.int(),
    freed_bytes: z.int(),
  }),
  'garbage collection',
);
const one = openapi(z.strictObject({ garbage_collection: answer }));
const startBody = openapi(
  z.strictObject({
    type: z
      .enum([
        ...(['untagged manifests only', 'unreferenced blobs only'] as const),
        'untagged manifests and unreferenced blobs',
      ])
      .nullish(),
  }),
);
const updateBody = openapi(z.strictObject({ cancel: z.boolean().nullish() }));

const view = ({ id, registry, status, createdAt, updatedAt }: GarbageCollection) => ({
  ...{ uuid: id, registry_name: registry, status, blobs_deleted: 0, freed_bytes: 0 },
  ...{ created_at: second(createdAt), updated_at: second(updatedAt) },
});
const now = () => new Date().toISOString();

/** @param names of the call's path and of its operations: there are two generations of both */
export function garbageCollectionRoutes(
  { cloud }: Api,
  names: { readonly path: string; readonly operations: string },
  registryOf: (call: Pick<Call, 'params'>) => Registry,
): Route[] {
  const base = `/v2/${names.path}/:registry_name` as const;
  const collections = cloud.of(GARBAGE_COLLECTIONS);
  const active = (call: Pick<Call, 'params'>) =>
    collections.byRegistry.get(registryOf(call).name).find(({ status }) => status === 'requested');
  return [
    route({
      call: `GET ${base}/garbage-collection`,
      operation: `${names.operations}_get_garbageCollection`,
      scopes: [['registry:read']],
      status: 200,
      answer: one,
      guesses: ['404 when none is active.'],
      handle: (call) => ({ garbage_collection: view(found(active(call))) }),
    }),
    route({
      call: `POST ${base}/garbage-collection`,
      operation: `${names.operations}_run_garbageCollection`,
      scopes: [['registry:update']],
      ...(names.path === 'registry' ? { body: startBody } : {}),
      status: 201,
      answer: one,
      guesses: ['It takes the time of an action and finds nothing. 409 while one is active.'],
      handle: (call) => {
        if (active(call)) throw conflict('A garbage collection is active already.');
        const id = randomUUID();
        call.start(becoming(COLLECT, id));
        const times = { createdAt: now(), updatedAt: now() };
        const registry = registryOf(call).name;
        return {
          garbage_collection: view(collections.set(id, { id, registry, status: 'requested', ...times })),
        };
      },
    }),
    list({
      call: `GET ${base}/garbage-collections`,
      operation: `${names.operations}_list_garbageCollections`,
      scopes: [['registry:read']],
      key: 'garbage_collections',
      item: answer,
      all: (call) => collections.byRegistry.get(registryOf(call).name).reverse(),
      view,
    }),
    route({
      call: `PUT ${base}/garbage-collection/:garbage_collection_uuid`,
      operation: `${names.operations}_update_garbageCollection`,
      scopes: [['registry:update']],
      body: updateBody,
      status: 200,
      answer: one,
      guesses: ['422 for one that is over.'],
      handle: (call) => {
        const registry = registryOf(call).name;
        const given = collections.get(call.params.garbage_collection_uuid ?? '');
        const before = found(given?.registry === registry ? given : undefined);
        if (!call.body.cancel) return { garbage_collection: view(before) };
        if (before.status !== 'requested') throw unprocessable('The garbage collection is over.');
        const after = { ...before, status: 'cancelled' as const, updatedAt: now() };
        return { garbage_collection: view(collections.set(before.id, after)) };
      },
    }),
  ];
}
