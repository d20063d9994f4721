import { EVERY_SETTING, type Json, synth } from './synth';

/** The stack's JSON without the bodies of user_data, which have a snapshot of their own. */
function withoutUserData({ '//': _, locals, ...json }: Json): Json {
  const parts = ({ content: _content, ...part }: Json) => part;
  const documents = Object.entries<Json>(json.data.cloudinit_config).map(([name, document]) => [
    name,
    { ...document, part: document.part.map(parts) },
  ]);
  return { ...json, data: { cloudinit_config: Object.fromEntries(documents) }, locals: Object.keys(locals) };
}

describe('the stack', () => {
  test('of the defaults is the one in the snapshot', () => {
    expect(withoutUserData(synth())).toMatchSnapshot();
  });

  test('of every setting is the one in the snapshot', () => {
    expect(withoutUserData(synth(EVERY_SETTING))).toMatchSnapshot();
  });

  test('keeps its state beside cdktf.json, by a path that is the same on every machine', () => {
    expect(synth().terraform.backend.local.path).toBe('../../../terraform.scale-up.tfstate');
  });

  test('outputs what comes next: the URL, the Reserved IP, the name servers and the addresses', () => {
    const { output } = synth();
    expect(output.url.value).toBe('https://www.foobar.com/');
    expect(output.name_servers.value).toHaveLength(3);
    expect(Object.keys(output.droplets.value)).toHaveLength(5);
    expect(output).not.toHaveProperty('ssh');
    expect(synth(EVERY_SETTING).output.ssh.value['staging-web-1']).toBe(
      'ssh root@${digitalocean_droplet.web-1.ipv4_address}',
    );
  });

  test('holds no secret', () => {
    const text = JSON.stringify(synth(EVERY_SETTING));
    expect(text).not.toMatch(/dop_v1_[0-9a-f]/);
    expect(text).not.toMatch(/PRIVATE KEY/);
  });
});
