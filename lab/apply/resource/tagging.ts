import type { Client } from '../client';
import type { Change } from '../resource-type';

/** Takes old tags from a droplet or volume and gives it new ones, which are made where they don't exist. */
export async function retag(
  client: Client,
  resource_type: 'droplet' | 'volume',
  { prior, desired }: Change,
): Promise<void> {
  const before = (prior.tags ?? []) as readonly string[];
  const after = (desired.tags ?? []) as readonly string[];
  const body = { resources: [{ resource_id: prior.id, resource_type }] };
  for (const tag of before.filter((name) => !after.includes(name))) {
    await client.delete(`/tags/${tag}/resources`, body);
  }
  for (const tag of after.filter((name) => !before.includes(name))) {
    await client.post('/tags', { name: tag });
    await client.post(`/tags/${tag}/resources`, body);
  }
}
