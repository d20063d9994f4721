import { join } from 'node:path';
import { Terraform } from '../../lab/apply/terraform';
import { providerObstacle } from '../../lab/apply/testing/providers';
import { stateOf } from '../../lab/droplet/state-paths';
import { readStack } from '../../lab/stack/stack';
import { eventually, synthesizer, TestLab } from './test-lab';

const MINUTE = 60_000;
const NAME = 'real-provider-test';
const obstacle = providerObstacle();

(obstacle ? describe.skip : describe)(
  `a lab to which Terraform itself applies the default stack${obstacle ? ` (not run: ${obstacle})` : ''}`,
  () => {
    let lab: TestLab;

    beforeAll(async () => {
      lab = await TestLab.start(NAME, {}, { apply: 'terraform' });
    }, 12 * MINUTE);

    afterAll(() => lab?.end(), MINUTE);

    /** Terraform as the lab ran it, for the stack with other settings. */
    async function terraform(settings = {}): Promise<Terraform> {
      const { configuration } = await readStack({ app: synthesizer(settings) }, join(stateOf(NAME), 'again'));
      return new Terraform({
        configuration,
        api: { url: lab.access.apiUrl, token: lab.access.deployToken },
        variables: lab.access.variables,
        folder: join(stateOf(NAME), 'terraform'),
      });
    }

    test(
      'plans nothing right after the apply, nor after a failover',
      async () => {
        expect(await (await terraform()).plan()).toEqual([]);
        const before = (await lab.holder()) ?? '';
        await lab.power(before, 'power-off');
        await eventually(async () => (await lab.get('/')).ok && (await lab.holder()) !== before, 30);
        await lab.power(before, 'power-on');
        await eventually(() => lab.isWhole(), 60);
        expect(await (await terraform()).plan()).toEqual([]);
      },
      3 * MINUTE,
    );

    test(
      'refuses to destroy what is protected, and with the protection lifted leaves what was there before',
      async () => {
        await expect((await terraform()).destroy()).rejects.toThrow(/prevent_destroy/);
        expect((await lab.droplets()).length).toBe(5);
        const lifted = await terraform({ deletionProtection: false });
        await lifted.apply();
        await lifted.destroy();
        for (const kind of ['droplets', 'volumes', 'reserved_ips', 'firewalls', 'domains', 'tags']) {
          expect((await lab.api('GET', `/v2/${kind}`))[kind]).toEqual([]);
        }
        const { vpcs } = await lab.api('GET', '/v2/vpcs');
        expect(vpcs.filter((vpc: { default: boolean }) => !vpc.default)).toEqual([]);
      },
      6 * MINUTE,
    );
  },
);
