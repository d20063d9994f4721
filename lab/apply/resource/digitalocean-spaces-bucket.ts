import { SPACES_DOMAIN } from '../../common/spaces-domain';
import type { Attributes, ResourceType } from '../resource-type';
import { elements, type Spaces, textOf } from '../spaces';
import { fromXml, ruleType, toXml } from './lifecycle-rule';

export const spacesBucket: ResourceType = {
  schema: {
    // Terraform's provider takes another name and does nothing.
    name: { type: 'string', required: true, forcesReplacement: true },
    region: { type: 'string', default: 'nyc3', forcesReplacement: true },
    acl: { type: 'string', default: 'private' },
    versioning: { type: { list: { object: { enabled: 'bool' } } }, computed: true },
    lifecycle_rule: { type: { list: ruleType } },
    force_destroy: { type: 'bool' },
    urn: { type: 'string', readOnly: true },
    bucket_domain_name: { type: 'string', readOnly: true },
    endpoint: { type: 'string', readOnly: true },
  },

  async create({ spaces }, desired) {
    await spaces.put(regionOf(desired), `/${desired.name}`, '', { 'x-amz-acl': String(desired.acl) });
    return { id: String(desired.name) };
  },

  async ready({ spaces }, made) {
    if (isVersioned(made)) await setVersioning(spaces, made);
    if (rulesOf(made).length > 0) await setLifecycle(spaces, made);
  },

  async read(_, prior, spaces) {
    const { region, path } = placeOf(prior);
    const versioning = await spaces.get(region, `${path}?versioning`);
    if (versioning === undefined) return undefined;
    const lifecycle = (await spaces.get(region, `${path}?lifecycle`)) ?? '';
    return {
      urn: `do:space:${prior.id}`,
      bucket_domain_name: `${prior.id}.${region}.${SPACES_DOMAIN}`,
      endpoint: `${region}.${SPACES_DOMAIN}`,
      versioning: [{ enabled: textOf(versioning, 'Status') === 'Enabled' }],
      lifecycle_rule: fromXml(lifecycle, rulesOf(prior)),
    };
  },

  async update({ spaces }, { prior, desired, changed }) {
    const wanted = { ...desired, id: prior.id ?? null };
    const { region, path } = placeOf(wanted);
    if (changed.has('acl')) await spaces.put(region, `${path}?acl`, '', { 'x-amz-acl': String(desired.acl) });
    if (changed.has('versioning')) await setVersioning(spaces, wanted);
    if (changed.has('lifecycle_rule')) await setLifecycle(spaces, wanted);
  },

  async delete({ spaces }, prior) {
    const { region, path } = placeOf(prior);
    const remove = () =>
      spaces.delete(
        region,
        path,
        ({ text }) => prior.force_destroy === true && textOf(text, 'Code') === 'BucketNotEmpty',
      );
    for (let left = await remove(); left.status === 409; left = await remove())
      await empty(spaces, region, path);
  },
};

const regionOf = ({ region }: Attributes) => String(region).toLowerCase();
const placeOf = (bucket: Attributes) => ({ region: regionOf(bucket), path: `/${bucket.id}` });
const isVersioned = ({ versioning }: Attributes) =>
  ((versioning ?? []) as readonly { readonly enabled: boolean }[])[0]?.enabled === true;
const rulesOf = ({ lifecycle_rule }: Attributes) => (lifecycle_rule ?? []) as readonly Attributes[];

async function setVersioning(spaces: Spaces, bucket: Attributes): Promise<void> {
  const { region, path } = placeOf(bucket);
  const status = isVersioned(bucket) ? 'Enabled' : 'Suspended';
  const body = `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`;
  await spaces.put(region, `${path}?versioning`, body);
}

async function setLifecycle(spaces: Spaces, bucket: Attributes): Promise<void> {
  const { region, path } = placeOf(bucket);
  const rules = rulesOf(bucket);
  if (rules.length > 0) await spaces.put(region, `${path}?lifecycle`, toXml(rules));
  else await spaces.delete(region, `${path}?lifecycle`);
}

/** Deletes what a page of the list has: all versions, and the marks of what is deleted. */
async function empty(spaces: Spaces, region: string, path: string): Promise<void> {
  const page = (await spaces.get(region, `${path}?versions`)) ?? '';
  for (const version of [...elements(page, 'Version'), ...elements(page, 'DeleteMarker')]) {
    const key = (textOf(version, 'Key') ?? '').split('/').map(encodeURIComponent).join('/');
    await spaces.delete(region, `${path}/${key}?versionId=${textOf(version, 'VersionId')}`);
  }
}
