import { X509Certificate } from 'node:crypto';
import { recordsOnly } from '../server/records-only';
import { type Lab, start } from '../testing/client';
import { keyPair } from '../testing/key-pair';

let lab: Lab;
beforeEach(async () => {
  lab = await start();
});
afterEach(() => lab.close());

const upload = (body: object) => lab.call('POST', '/v2/certificates', { name: 'web', ...body });

test('an uploaded certificate is verified, and says what is in it', async () => {
  const own = keyPair();
  const { status, body } = await upload({ type: 'custom', ...own, certificate_chain: own.leaf_certificate });
  const inside = new X509Certificate(own.leaf_certificate);
  expect([status, body.certificate]).toMatchObject([
    201,
    {
      name: 'web',
      type: 'custom',
      state: 'verified',
      dns_names: ['a.test', 'www.a.test'],
      sha1_fingerprint: inside.fingerprint.replaceAll(':', '').toLowerCase(),
    },
  ]);
  expect(Date.parse(body.certificate.not_after)).toBe(Date.parse(inside.validTo));
  expect((await lab.call('GET', `/v2/certificates/${body.certificate.id}`)).body).toEqual(body);
  expect((await lab.call('GET', '/v2/certificates?name=web')).body.meta.total).toBe(1);
  expect((await lab.call('GET', '/v2/certificates?name=other')).body.meta.total).toBe(0);
  expect((await lab.call('DELETE', `/v2/certificates/${body.certificate.id}`)).status).toBe(204);
});

test('its key is kept nowhere', async () => {
  const own = keyPair();
  await upload(own);
  const [, line = ''] = own.private_key.split('\n');
  expect(JSON.stringify([...lab.cloud.store.everything()])).not.toContain(line);
});

test('what is no certificate, a key of another one and a name that is taken are refused', async () => {
  const [own, other] = [keyPair(), keyPair()];
  const refusals = [
    [{}, 'private_key is required for a custom certificate.'],
    [{ private_key: own.private_key }, 'leaf_certificate is required for a custom certificate.'],
    [{ ...own, leaf_certificate: 'x' }, 'leaf_certificate is not a certificate in PEM format.'],
    [{ ...own, certificate_chain: 'x' }, 'certificate_chain is not a certificate in PEM format.'],
    [{ ...own, private_key: 'x' }, 'private_key is not a private key in PEM format.'],
    [{ ...own, private_key: other.private_key }, 'private_key does not belong to leaf_certificate.'],
  ] as const;
  for (const [body, message] of refusals) expect((await upload(body)).body.message).toBe(message);
  expect((await upload(own)).status).toBe(201);
  expect((await upload(own)).body.message).toBe('A certificate with the name web already exists.');
});

test("one from Let's Encrypt is pending for a while, and only for names of the account's domains", async () => {
  const order = (...dns_names: string[]) => upload({ type: 'lets_encrypt', dns_names });
  expect((await order()).status).toBe(422);
  expect((await order('a.test')).status).toBe(422);
  await lab.call('POST', '/v2/domains', { name: 'a.test' });
  expect((await order('a.test', 'xa.test')).status).toBe(422);
  const { body } = await order('a.test', '*.a.test');
  expect(body.certificate.state).toBe('pending');
  await lab.until(
    `/v2/certificates/${body.certificate.id}`,
    ({ certificate }) => certificate.state === 'verified',
  );
  expect((await lab.call('GET', '/v2/actions')).body.actions).toEqual([]);
});

test('one that a load balancer uses can not be deleted', async () => {
  const certificate_id = (await upload(keyPair())).body.certificate.id;
  const rule = { entry_protocol: 'https', entry_port: 443, target_protocol: 'http', target_port: 80 };
  const { body } = await lab.call('POST', '/v2/load_balancers', {
    ...{ name: 'lb', region: 'fra1' },
    forwarding_rules: [{ ...rule, certificate_id }],
  });
  const refused = await lab.call('DELETE', `/v2/certificates/${certificate_id}`);
  expect([refused.status, refused.body.message]).toEqual([
    403,
    'Make sure the certificate is not in use before deleting it',
  ]);
  await lab.call('DELETE', `/v2/load_balancers/${body.load_balancer.id}`);
  expect((await lab.call('DELETE', `/v2/certificates/${certificate_id}`)).status).toBe(204);
});

test("where droplets really run there is none from Let's Encrypt", async () => {
  const booted = await start({ hardware: { ...recordsOnly } });
  try {
    await booted.call('POST', '/v2/domains', { name: 'a.test' });
    const body = { name: 'web', type: 'lets_encrypt', dns_names: ['a.test'] };
    const { status, body: refusal } = await booted.call('POST', '/v2/certificates', body);
    expect([status, refusal.message]).toEqual([
      501,
      "A certificate from Let's Encrypt, where Droplets really run, is not emulated by the lab.",
    ]);
  } finally {
    await booted.close();
  }
});
