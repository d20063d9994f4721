import type { createApiClient } from 'dots-wrapper';

type Client = ReturnType<typeof createApiClient>;

/** Sees to it that there are so many droplets with a tag: creates those that are missing. */
export async function scale(client: Client, tag: string, count: number): Promise<void> {
  const { data } = await client.droplet.listDroplets({ tag_name: tag, per_page: 200 });
  for (let n = data.droplets.length + 1; n <= count; n++)
    await client.droplet.createDroplet({
      ...{ name: `${tag}-${n}`, region: 'fra1', size: 's-1vcpu-1gb', image: 'debian-13-x64', tags: [tag] },
    });
}
