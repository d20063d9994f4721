import { recordsOnly } from '../server/records-only';
import { type Lab, start } from '../testing/client';

let lab: Lab;
let vpc: string;
beforeEach(async () => {
  lab = await start();
  vpc = (await lab.call('POST', '/v2/vpcs', { name: 'net', region: 'fra1' })).body.vpc.id;
});
afterEach(() => lab.close());

const body = (more: object = {}) => ({
  ...{ name: 'nat', type: 'PUBLIC', region: 'fra1', size: 1, vpcs: [{ vpc_uuid: vpc }] },
  ...more,
});

test('a gateway comes into being with an address, is changed, holds its VPC, and takes its time to go', async () => {
  const { projects } = (await lab.call('GET', '/v2/projects')).body;
  const vpcs = [{ vpc_uuid: vpc, subnet_uuid: vpc }];
  const { status, body: made } = await lab.call('POST', '/v2/vpc_nat_gateways', body({ vpcs }));
  expect([status, made.vpc_nat_gateway]).toMatchObject([
    202,
    {
      ...{ state: 'NEW', udp_timeout_seconds: 30, project_id: projects[0].id },
      vpcs: [{ vpc_uuid: vpc, default_gateway: false, subnet_uuid: vpc }],
    },
  ]);
  const path = `/v2/vpc_nat_gateways/${made.vpc_nat_gateway.id}`;
  const { vpc_nat_gateway } = await lab.until(path, (one) => one.vpc_nat_gateway.state === 'ACTIVE');
  expect(vpc_nat_gateway.egresses.public_gateways).toEqual([
    { ipv4: expect.stringMatching(/^198\.51\.100\./) },
  ]);
  const change = { name: 'tan', size: 3, tcp_timeout_seconds: 60 };
  expect((await lab.call('PUT', path, change)).body.vpc_nat_gateway).toMatchObject({
    ...{ ...change, icmp_timeout_seconds: 30, vpcs: vpc_nat_gateway.vpcs },
  });
  expect((await lab.call('GET', '/v2/vpc_nat_gateways?name=tan&state=active')).body.meta.total).toBe(1);
  expect((await lab.call('GET', '/v2/vpc_nat_gateways?region=nyc3')).body.meta.total).toBe(0);
  expect((await lab.call('DELETE', `/v2/vpcs/${vpc}`)).status).toBe(403);
  expect((await lab.call('DELETE', path)).status).toBe(202);
  // The provider waits for these words.
  await lab.until(path, ({ message }) => message === `nat gateway with id ${vpc_nat_gateway.id} not found`);
  expect((await lab.call('DELETE', `/v2/vpcs/${vpc}`)).status).toBe(204);
});

test('a gateway elsewhere than its VPC, or where droplets really run, is refused', async () => {
  expect((await lab.call('POST', '/v2/vpc_nat_gateways', body({ region: 'nyc3' }))).body.message).toBe(
    `There is no VPC ${vpc} in nyc3.`,
  );
  const booted = await start({ hardware: { ...recordsOnly } });
  try {
    expect((await booted.call('POST', '/v2/vpc_nat_gateways', body())).body.message).toBe(
      'A VPC NAT gateway, where Droplets really run, is not emulated by the lab.',
    );
  } finally {
    await booted.close();
  }
});
