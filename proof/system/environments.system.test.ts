import { join } from 'node:path';
import { BuiltInApply } from '../../lab/apply/built-in-apply';
import { attempt } from '../../lab/common/run';
import { stateOf } from '../../lab/droplet/state-paths';
import { startProxy } from '../../lab/network/proxy';
import { readStack } from '../../lab/stack/stack';
import { withNotesImages } from '../stack/notes-image';
import { eventually, Load, TestLab } from './test-lab';

const MINUTE = 60_000;
const NAME = 'environments-test';
const EXAMPLE = 'node --disable-warning=DEP0044 --require ts-node/register examples/two-environments/main.ts';

describe('a lab of production, as examples/two-environments has it,', () => {
  let lab: TestLab;
  let proxy: Awaited<ReturnType<typeof startProxy>>;

  beforeAll(async () => {
    lab = await withNotesImages({ '1.4': true }, async (archives) =>
      TestLab.start(NAME, {}, { app: EXAMPLE, stack: 'production', image: archives.get('1.4') }),
    );
    proxy = await startProxy(NAME);
  }, 30 * MINUTE);

  afterAll(async () => {
    proxy?.close();
    await lab?.end();
  }, MINUTE);

  /** Another environment in the same account: with a state of its own. */
  async function deployer(stack: string, folder: string): Promise<BuiltInApply> {
    const { apiUrl, deployToken, variables } = lab.access;
    const { configuration } = await readStack({ stack, app: EXAMPLE }, join(stateOf(NAME), `${stack}.out`));
    return new BuiltInApply({
      ...{ configuration, variables, folder: join(stateOf(NAME), folder) },
      api: { url: apiUrl, token: deployToken },
      environment: { http_proxy: proxy.url },
    });
  }

  /** Whether all of an environment is there, as a visitor of its Reserved IP sees it. */
  const isWhole = async (ip: string) => {
    const curl = ['curl', '--silent', '--fail', '--max-time', '10', '--proxy', proxy.url];
    return (await attempt([...curl, `http://${ip}/-/redundancy`])).status === 0;
  };

  test(
    'has staging beside it, which comes and goes without a request to production failing',
    async () => {
      const before = await lab.droplets();
      const load = new Load(lab);

      const { outputs } = await (await deployer('staging', 'staging')).apply();
      expect((await lab.droplets()).map(({ name }) => name)).toEqual(
        expect.arrayContaining(['production-web-2', 'staging-web-1', 'staging-database-1']),
      );
      await eventually(() => isWhole(String(outputs.reserved_ip)), 900);
      await eventually(() => lab.isWhole(), 60);

      await (await deployer('staging', 'staging')).destroy();
      const { failed } = await load.end();
      expect(failed).toEqual([]);
      const same = ({ name, id, initPid }: (typeof before)[number]) => ({ name, id, initPid });
      expect((await lab.droplets()).map(same)).toEqual(before.map(same));
      expect(await (await deployer('production', 'direct')).plan()).toEqual([]);
      await eventually(() => lab.isWhole(), 60);
    },
    45 * MINUTE,
  );
});
