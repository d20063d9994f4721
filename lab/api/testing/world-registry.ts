import type { Lab } from './client';
import type { WorldPart } from './world-part';

/** A registry; both generations of calls know it. */
export async function registryWorld(lab: Lab): Promise<WorldPart> {
  const basic = 'basic';
  const registry = { name: 'images', subscription_tier_slug: basic, region: 'fra1' };
  await lab.call('POST', '/v2/registries', registry);
  const path = '/v2/registries/images/garbage-collection';
  const { uuid } = (await lab.call('POST', path, {})).body.garbage_collection;
  await lab.call('PUT', `${path}/${uuid}`, { cancel: true });
  const of = (path: string) => ({
    [`POST /v2/${path}/subscription`]: { tier_slug: 'professional' },
    [`POST /v2/${path}/validate-name`]: { name: 'free' },
    [`PUT /v2/${path}/:registry_name/garbage-collection/:garbage_collection_uuid`]: { cancel: false },
  });
  return {
    parameters: { registry_name: 'images', garbage_collection_uuid: uuid },
    bodies: {
      'POST /v2/registry': { name: 'more', subscription_tier_slug: basic, region: 'fra1' },
      'POST /v2/registries': { name: 'more', subscription_tier_slug: basic, region: 'fra1' },
      'POST /v2/registry/:registry_name/garbage-collection': { type: 'unreferenced blobs only' },
      ...of('registry'),
      ...of('registries'),
    },
  };
}
