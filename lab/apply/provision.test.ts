import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuiltInApply } from './built-in-apply';
import { Deployment, type Json } from './testing/deployment';
import { gatedStack } from './testing/gated-stack';

let deployment: Deployment;

beforeEach(async () => {
  deployment = await Deployment.start();
});

afterEach(() => deployment.end());

const gated = (release: string) => gatedStack(release, deployment.folder);
const spoil = (release: string) => writeFileSync(join(deployment.folder, `bad-${release}`), '');
const looked = () => {
  const file = join(deployment.folder, 'looked');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
};
const releases = async () => {
  const { domain_records } = await deployment.get('/domains/example.org/records');
  return Object.fromEntries(
    domain_records.filter(({ type }: Json) => type === 'TXT').map(({ name, data }: Json) => [name, data]),
  );
};

describe('a command of a resource', () => {
  test('is run in the folder of the stack when the resource has been made, and what it says is told', async () => {
    await deployment.apply(gated('1'));
    expect(looked()).toEqual(['1']);
    expect(deployment.progress).toContain('terraform_data.gate (local-exec): looks at 1 in example.org');
    expect(await deployment.plan(gated('1'))).toEqual([]);
  });

  test('is run again when its trigger is another one, before what waits for it changes', async () => {
    await deployment.apply(gated('1'));
    expect(await deployment.plan(gated('2'))).toEqual([
      'update digitalocean_record.first (value)',
      'replace terraform_data.gate (triggers_replace)',
      'update digitalocean_record.second (value)',
    ]);
    await deployment.apply(gated('2'));
    expect([looked(), await releases()]).toEqual([['1', '2'], { first: '2', second: '2' }]);
  });

  test('that fails ends the apply with its reason, is run again by the next, and lets nothing pass until it ends well', async () => {
    await deployment.apply(gated('1'));
    spoil('2');
    const reason = /^terraform_data\.gate: .* failed with status 1: looks at 2 in example\.org$/;
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(deployment.apply(gated('2'))).rejects.toThrow(reason);
      expect(await releases()).toEqual({ first: '2', second: '1' });
    }
    await deployment.apply(gated('1'));
    expect([looked(), await releases()]).toEqual([['1', '2', '2', '1'], { first: '1', second: '1' }]);
    expect(await deployment.plan(gated('1'))).toEqual([]);
  });

  test('gets what the deployer adds to its environment', async () => {
    const stack = gated('1');
    stack.resource.terraform_data.gate.provisioner[0]['local-exec'].command = 'echo "by $http_proxy"';
    const target = { ...deployment.target(stack), environment: { http_proxy: 'http://127.0.0.1:1' } };
    await new BuiltInApply(target).apply();
    expect(deployment.progress).toContain('terraform_data.gate (local-exec): by http://127.0.0.1:1');
  });
});
