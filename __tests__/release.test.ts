import { EVERY_SETTING, type Json, stackEnvironment, synth } from './synth';

const REPOSITORY = 'registry.example.com/shop';
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const of = (release: string, count = 2) => synth({ app: { count, image: `${REPOSITORY}${release}` } });
const gatesOf = (json: Json): Record<string, Json> =>
  Object.fromEntries(
    Object.entries<Json>(json.resource.terraform_data).filter(([name]) => name.startsWith('release-')),
  );
const pointers = (json: Json): Json[] =>
  Object.values<Json>(json.resource.digitalocean_record).filter(({ name }) => name.startsWith('release.'));

describe('the release of a container', () => {
  test.each([
    [':1.4', '1.4'],
    [`@${DIGEST}`, DIGEST],
    [`:1.4@${DIGEST}`, DIGEST],
  ])('of an image that ends with %s is a record of each app droplet that says so', (release, value) => {
    expect(pointers(of(release)).map(({ name, ttl, value }) => [name, ttl, value])).toEqual([
      ['release.app-1.production.internal', 30, value],
      ['release.app-2.production.internal', 30, value],
    ]);
  });

  test('is asked for by each droplet at its own record', () => {
    for (const json of [of(':1.4'), synth(EVERY_SETTING)]) {
      const { name: zone } = Object.values<Json>(json.resource.digitalocean_domain ?? {})[0] ?? {
        name: EVERY_SETTING.zone,
      };
      const asked = [1, 2].map((index) => stackEnvironment(json, `app-${index}`).RELEASE_RECORD);
      expect(asked).toEqual(pointers(json).map(({ name }) => `${name}.${zone}`));
    }
  });

  test('changes no droplet and no user data when it is another one, whether a tag or a digest', () => {
    const before = of(':1.4');
    for (const release of [':1.5', `@${DIGEST}`]) {
      const after = of(release);
      expect(pointers(after)).not.toEqual(pointers(before));
      const { digitalocean_record: _, terraform_data: __, ...others } = after.resource;
      const { digitalocean_record: ___, terraform_data: ____, ...othersBefore } = before.resource;
      expect(others).toEqual(othersBefore);
      expect(after.data).toEqual(before.data);
      expect(after.locals).toEqual(before.locals);
    }
  });

  test('reaches one app server first, the others behind a gate, and ends the deployment when all of them have it', () => {
    const { digitalocean_record: record, terraform_data: gates } = of(':1.4', 3).resource;
    const [first, second, third] = [1, 2, 3].map((n) => record[`release-app-${n}`].depends_on);
    expect([first, second, third]).toEqual([
      [],
      ['terraform_data.release-first'],
      ['terraform_data.release-first'],
    ]);
    const pair = (n: number) => `production-app-${n}=\${digitalocean_droplet.app-${n}.ipv4_address_private}`;
    const asked = (name: string) => gates[name].provisioner[0]['local-exec'].environment;
    expect(gates['release-first'].depends_on).toContain('digitalocean_record.release-app-1');
    expect(asked('release-first')).toEqual({
      ADDRESS: '${digitalocean_reserved_ip.reserved-ip.ip_address}',
      LOG_KEY: '${nonsensitive(random_password.log-key.result)}',
      RELEASE: '1.4',
      DROPLETS: pair(1),
      UNTIL: 'serves',
    });
    for (const n of [1, 2, 3]) {
      expect(gates['release-everywhere'].depends_on).toContain(`digitalocean_record.release-app-${n}`);
    }
    expect(asked('release-everywhere')).toMatchObject({
      DROPLETS: [1, 2, 3].map(pair).join(),
      UNTIL: 'steady',
    });
  });

  test('has gates that run again for each release, and until they have ended well', () => {
    for (const gate of Object.values(gatesOf(of(':1.4')))) {
      expect(gate.triggers_replace).toEqual({ release: '1.4' });
    }
  });

  test('waits where no droplet of the first deployment is missing, and names no file of this machine', () => {
    const json = of(':1.4');
    const { digitalocean_droplet: droplets } = json.resource;
    for (const { depends_on, provisioner } of Object.values(gatesOf(json))) {
      for (const name of Object.keys(droplets)) expect(depends_on).toContain(`digitalocean_droplet.${name}`);
      const { command, quiet } = provisioner[0]['local-exec'];
      expect([command, quiet]).toEqual([
        expect.stringMatching(/^node assets\/gate\/\w+\/release\.js$/),
        true,
      ]);
    }
  });

  test('of a single app server has no gate but the last', () => {
    expect(Object.keys(gatesOf(of(':1.4', 1)))).toEqual(['release-everywhere']);
  });

  test('is in the outputs, as its full reference', () => {
    expect(synth({ app: { image: 'caddy:2.8' } }).output.app_image.value).toBe('docker.io/library/caddy:2.8');
    expect(synth().output).not.toHaveProperty('app_image');
  });

  test('is no record where there is no container', () => {
    expect(pointers(synth())).toEqual([]);
  });
});
