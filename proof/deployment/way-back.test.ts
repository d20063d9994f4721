import { type Json, synth } from '../../__tests__/synth';
import { type Deployment, TOKEN } from '../../lab/apply/testing/deployment';
import { Api } from '../../lib/check/api';
import { Deployed } from '../../lib/check/deployed';
import { needsOf } from '../../lib/check/needs';
import { wayBack } from '../../lib/check/way-back';
import { openAccount } from './account';
import { openGates } from './open-gates';

/** A stack of six droplets; with another image both web servers are replaced. */
const stack = (dropletImage: string) => openGates(synth({ web: { count: 2, dropletImage } }));
const before = stack('debian-13-x64');
const after = stack('ubuntu-24-04-x64');

/** A gate of it stays shut. */
function shut(json: Json, gate: string): Json {
  const closed = structuredClone(json);
  closed.resource.terraform_data[gate].provisioner = [{ 'local-exec': { command: 'false' } }];
  return closed;
}

let deployment: Deployment;
afterEach(() => deployment.end());

const open = async (dropletLimit: number) => {
  deployment = await openAccount({ dropletLimit });
  await deployment.apply(before);
};
const said = () =>
  wayBack(new Api(deployment.api.url, TOKEN, 'DIGITALOCEAN_TOKEN'), {
    needs: needsOf(before),
    deployed: Deployed.UNKNOWN,
  });
const webServers = async (): Promise<number[]> => {
  const { droplets } = await deployment.get('/droplets?per_page=200');
  return droplets.flatMap(({ id, name }: Json) => (name.startsWith('production-web-') ? [id] : []));
};

describe('where a change has failed and the account has no room for a third set of droplets', () => {
  test.each(['new-web-fit', 'new-web-moved'])(
    'those that nobody uses are named, and going back ends well without them (%s)',
    async (gate) => {
      await open(8);
      const first = await webServers();
      await expect(deployment.apply(shut(after, gate))).rejects.toThrow(gate);
      const second = (await webServers()).filter((id) => !first.includes(id));
      const unused = gate === 'new-web-fit' ? second : first;
      await expect(deployment.apply(before)).rejects.toThrow(/limit/);
      const [sentence = '', ...more] = await said();
      expect(more).toEqual([]);
      const [, ids = ''] = /`doctl compute droplet delete ([\d ]+)`/.exec(sentence) ?? [];
      expect(ids.split(' ').map(Number).sort()).toEqual([...unused].sort());
      for (const id of unused) await deployment.call('DELETE', `/droplets/${id}`);
      await deployment.apply(before);
      expect(await deployment.plan(before)).toEqual([]);
      const third = await webServers();
      expect([third.length, third.filter((id) => [...first, ...second].includes(id))]).toEqual([2, []]);
    },
  );

  test('nothing is said while there is room', async () => {
    await open(9);
    await expect(deployment.apply(shut(after, 'new-web-fit'))).rejects.toThrow('new-web-fit');
    expect(await said()).toEqual([]);
  });

  test('nothing is said where every droplet serves', async () => {
    await open(6);
    await expect(deployment.apply(after)).rejects.toThrow(/limit/);
    expect(await said()).toEqual([]);
  });
});
