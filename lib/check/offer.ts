import type { Api } from './api';
import { type Finding, problemsOr } from './finding';
import { distinct } from './needs';
import type { Synthesized } from './synthesized';

interface Region {
  readonly slug: string;
  readonly available: boolean;
  readonly features: readonly string[];
}

interface Size {
  readonly slug: string;
  readonly available: boolean;
  readonly regions: readonly string[];
}

interface Image {
  readonly regions: readonly string[];
}

/** Each droplet's own choice, such as its size, for each region in which it is made. */
function choices({ needs }: Synthesized, of: 'size' | 'image'): [string, string][] {
  const pairs = needs.droplets.map((droplet) => `${droplet[of]} ${droplet.region}`);
  return distinct(pairs).map((pair) => pair.split(' ') as [string, string]);
}

export async function checkRegions(api: Api, { needs }: Synthesized): Promise<Finding[]> {
  const regions = await api.all<Region>('/regions', 'regions');
  const wanted = distinct([...needs.droplets, ...needs.volumes].map(({ region }) => region));
  const offered = regions.filter(({ available }) => available).map(({ slug }) => slug);
  const problems = wanted.flatMap((slug) => {
    const region = regions.find((one) => one.slug === slug);
    const needsVolumes = needs.volumes.some((volume) => volume.region === slug);
    if (!region?.available) {
      return [
        `${slug} ${region ? 'takes no new droplets' : 'does not exist'}; there are ${offered.join(', ')}`,
      ];
    }
    return needsVolumes && !region.features.includes('storage')
      ? [`${slug} has no volumes; choose another`]
      : [];
  });
  return problemsOr('region', problems, `${wanted.join(', ')} is to be had`);
}

export async function checkSizes(api: Api, stack: Synthesized): Promise<Finding[]> {
  const sizes = await api.all<Size>('/sizes', 'sizes');
  const problems = choices(stack, 'size').flatMap(([slug, region]) => {
    const size = sizes.find((one) => one.slug === slug);
    if (!size) {
      return [`there is no ${slug}; doctl compute size list names all`];
    }
    const isHere = size.available && size.regions.includes(region);
    return isHere ? [] : [`${slug} is not to be had in ${region} now; choose another size or region`];
  });
  const all = distinct(stack.needs.droplets.map(({ size }) => size));
  return problemsOr('sizes', problems, `${all.join(', ')}`);
}

export async function checkImages(api: Api, stack: Synthesized): Promise<Finding[]> {
  const problems = await Promise.all(
    choices(stack, 'image').map(async ([slug, region]) => {
      const answer = await api.get<{ image: Image }>(`/images/${slug}`);
      if (!answer) {
        return [`there is no ${slug}; doctl compute image list-distribution names all`];
      }
      return answer.image.regions.includes(region) ? [] : [`${slug} is not to be had in ${region}`];
    }),
  );
  const all = distinct(stack.needs.droplets.map(({ image }) => image));
  return problemsOr('images', problems.flat(), `${all.join(', ')}`);
}
