import fc from 'fast-check';
import { DROPLETS } from '../droplet/stored-droplet';
import { RESERVED_IPS } from '../reserved-ip/stored-reserved-ip';
import { type Answer, droplet, type Lab, start } from '../testing/client';
import { VOLUMES } from '../volume/stored-volume';

/** What a client may do, whatever is there: each picks its things by a number, among those that exist or never did. */
type Step = (lab: Lab, pick: <T>(all: readonly T[]) => T | undefined) => [string, string, object?];

const some = <T>(value: T | undefined, otherwise: T): T => value ?? otherwise;
const ids = (lab: Lab) =>
  lab.cloud
    .of(DROPLETS)
    .values()
    .map(({ id }) => id);
const volumes = (lab: Lab) =>
  lab.cloud
    .of(VOLUMES)
    .values()
    .map(({ id }) => id);
const ips = (lab: Lab) =>
  lab.cloud
    .of(RESERVED_IPS)
    .values()
    .map(({ ip }) => ip);
const tags = ['a', 'b', 'c'];
let made = 0;

const STEPS: Readonly<Record<string, Step>> = {
  create: (_, pick) => ['POST', '/v2/droplets', droplet({ name: `d${made++}`, tags: [pick(tags)] })],
  destroy: (lab, pick) => ['DELETE', `/v2/droplets/${some(pick(ids(lab)), 1)}`],
  destroyByTag: (_, pick) => ['DELETE', `/v2/droplets?tag_name=${pick(tags)}`],
  act: (lab, pick) => [
    'POST',
    `/v2/droplets/${some(pick(ids(lab)), 1)}/actions`,
    { type: pick(['power_off', 'power_on', 'reboot', 'snapshot', 'enable_ipv6']) },
  ],
  volume: () => ['POST', '/v2/volumes', { name: `v${made++}`, region: 'fra1', size_gigabytes: 1 }],
  move: (lab, pick) => [
    'POST',
    `/v2/volumes/${some(pick(volumes(lab)), 'x')}/actions`,
    { type: pick(['attach', 'detach']), droplet_id: some(pick(ids(lab)), 1) },
  ],
  removeVolume: (lab, pick) => ['DELETE', `/v2/volumes/${some(pick(volumes(lab)), 'x')}`],
  reserve: () => ['POST', '/v2/reserved_ips', { region: 'fra1' }],
  reserveFor: (lab, pick) => ['POST', '/v2/reserved_ips', { droplet_id: some(pick(ids(lab)), 1) }],
  assign: (lab, pick) => [
    'POST',
    `/v2/reserved_ips/${some(pick(ips(lab)), 'x')}/actions`,
    { type: 'assign', droplet_id: some(pick(ids(lab)), 1) },
  ],
  unassign: (lab, pick) => [
    'POST',
    `/v2/reserved_ips/${some(pick(ips(lab)), 'x')}/actions`,
    { type: 'unassign' },
  ],
  release: (lab, pick) => ['DELETE', `/v2/reserved_ips/${some(pick(ips(lab)), 'x')}`],
  firewall: (lab, pick) => [
    'POST',
    '/v2/firewalls',
    {
      name: `f${made++}`,
      droplet_ids: [pick(ids(lab))].filter(Boolean),
      tags: [pick(tags)],
      inbound_rules: [{ protocol: 'icmp', sources: { tags: [pick(tags)] } }],
    },
  ],
  tag: (lab, pick) => [
    pick(['POST', 'DELETE']) ?? 'POST',
    `/v2/tags/${pick(tags)}/resources`,
    { resources: [{ resource_id: String(some(pick(ids(lab)), 1)), resource_type: 'droplet' }] },
  ],
  untag: (_, pick) => ['DELETE', `/v2/tags/${pick(tags)}`],
  retag: (_, pick) => ['POST', '/v2/tags', { name: pick(tags) }],
  everything: (lab, pick) => [
    'DELETE',
    `/v2/droplets/${some(pick(ids(lab)), 1)}/destroy_with_associated_resources/selective`,
    {},
  ],
};

/** What must be so whenever nothing is under way. */
async function mustBeConsistent(lab: Lab): Promise<void> {
  const { cloud } = lab;
  const all = async (path: string, key: string): Promise<Answer['body'][]> =>
    (await lab.call('GET', `${path}?per_page=200`)).body[key];
  const droplets = await all('/v2/droplets', 'droplets');
  for (const one of droplets) {
    expect((await lab.call('GET', `/v2/droplets/${one.id}`)).body.droplet).toEqual(one);
    expect(one).toMatchObject({ locked: false });
  }
  const known = new Set(droplets.map(({ id }) => id));
  for (const volume of await all('/v2/volumes', 'volumes'))
    for (const id of volume.droplet_ids as number[])
      expect(droplets.find((one) => one.id === id)?.volume_ids).toContain(volume.id);
  const holders = cloud
    .of(RESERVED_IPS)
    .values()
    .flatMap(({ dropletId }) => dropletId ?? []);
  expect(new Set(holders).size).toBe(holders.length);
  expect(holders.filter((id) => !known.has(id))).toEqual([]);
  for (const firewall of await all('/v2/firewalls', 'firewalls')) {
    expect(firewall).toMatchObject({ status: 'succeeded', pending_changes: [] });
    expect(firewall.droplet_ids.filter((id: number) => !known.has(id))).toEqual([]);
  }
  for (const tag of await all('/v2/tags', 'tags')) {
    const { body } = await lab.call('GET', `/v2/droplets?tag_name=${tag.name}`);
    expect(tag.resources.droplets.count).toBe(body.meta.total);
  }
  const urns = (await all('/v2/projects/default/resources', 'resources')).map(({ urn }) => String(urn));
  const kept = cloud.of(DROPLETS).size + cloud.of(VOLUMES).size + cloud.of(RESERVED_IPS).size;
  expect(urns.length).toBe(kept);
}

test('whatever clients do in whatever order, all at once, nothing breaks and all that is told agrees', async () => {
  const step = fc.tuple(fc.constantFrom(...Object.keys(STEPS)), fc.nat(), fc.nat(3));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      const lab = await start({ actionTime: (type) => (type === 'destroy' ? 0 : 2) });
      try {
        const answers: Promise<number>[] = [];
        for (const [name, seed, pause] of steps) {
          let turn = seed;
          const pick = <T>(all: readonly T[]) => all[turn++ % Math.max(all.length, 1)];
          const [method, path, body] = (STEPS[name] as Step)(lab, pick);
          const answer = lab.call(method, path, body).then(({ status }) => status);
          answers.push(answer);
          if (pause > 0) await answer;
          if (pause > 2) await new Promise((resolve) => setTimeout(resolve, 5));
        }
        for (const status of await Promise.all(answers))
          expect([201, 202, 204, 404, 409, 422]).toContain(status);
        await lab.until('/v2/actions?per_page=200', ({ actions }) =>
          actions.every((one: { status: string }) => one.status !== 'in-progress'),
        );
        await new Promise((resolve) => setTimeout(resolve, 5));
        await mustBeConsistent(lab);
      } finally {
        await lab.close();
      }
    }),
    { numRuns: 60, interruptAfterTimeLimit: 40_000 },
  );
});
