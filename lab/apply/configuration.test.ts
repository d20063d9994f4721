import { parseConfiguration } from './configuration';
import { Refusal } from './refusal';
import { variableValues } from './scope';
import { Deployment, type Json } from './testing/deployment';
import { smallStack } from './testing/small-stack';

test.each<[string, (stack: Json) => void, string]>([
  [
    'an unknown resource',
    (s) => (s.resource.digitalocean_app = { a: {} }),
    'digitalocean_app is not supported',
  ],
  [
    'an unknown data source',
    (s) => (s.data.digitalocean_account = { me: {} }),
    'data.digitalocean_account is not supported',
  ],
  [
    'an unknown attribute',
    (s) => (s.resource.digitalocean_reserved_ip.main.droplet_id = 1),
    'digitalocean_reserved_ip.main: "droplet_id" is not supported',
  ],
  [
    'an attribute that only the API sets',
    (s) => (s.resource.digitalocean_tag.web.id = 'x'),
    'digitalocean_tag.web: "id" is not supported',
  ],
  [
    'a missing attribute',
    (s) => delete s.resource.digitalocean_vpc.main.region,
    'digitalocean_vpc.main: "region" is missing',
  ],
  [
    'a reference to nothing',
    (s) => (s.output.address.value = '${digitalocean_tag.gone.id}'),
    'output.address: there is no digitalocean_tag.gone',
  ],
  [
    'a reference to an unknown attribute',
    (s) => (s.output.address.value = '${digitalocean_droplet.database.ipv6_address}'),
    'output.address: digitalocean_droplet.database has no attribute "ipv6_address" that is supported',
  ],
  [
    'an unknown function',
    (s) => (s.locals.common = '${upper("x")}'),
    'local.common: the function upper is not supported',
  ],
  [
    'an expression that nobody understands',
    (s) => (s.locals.common = 'a ${1 +'),
    'local.common: value: "}" was expected at "+"',
  ],
  [
    'count',
    (s) => (s.resource.digitalocean_tag.web.count = 2),
    'digitalocean_tag.web: "count" is not supported',
  ],
  [
    'replace_triggered_by an attribute',
    (s) =>
      (s.resource.digitalocean_tag.web.lifecycle = { replace_triggered_by: ['digitalocean_tag.a.name'] }),
    'digitalocean_tag.web.lifecycle.replace_triggered_by.0: is no resource such as terraform_data.revision',
  ],
  [
    'replace_triggered_by what is not there',
    (s) => (s.resource.digitalocean_tag.web.lifecycle = { replace_triggered_by: ['digitalocean_tag.a'] }),
    'digitalocean_tag.web: there is no digitalocean_tag.a',
  ],
  [
    'a provisioner',
    (s) => (s.resource.digitalocean_tag.web.provisioner = [{ file: { source: 'a' } }]),
    'digitalocean_tag.web.provisioner.0: Unrecognized key: "file"',
  ],
  ['a module', (s) => (s.module = {}), 'Unrecognized key: "module"'],
  [
    'an unknown provider',
    (s) => (s.terraform.required_providers.aws = { source: 'hashicorp/aws' }),
    'terraform.required_providers.aws: is none of the providers',
  ],
  [
    'settings of a provider',
    (s) => (s.provider.digitalocean = [{ token: 'x' }]),
    'provider.digitalocean.0: Unrecognized key: "token"',
  ],
  [
    'resources that need each other',
    (s) => (s.resource.digitalocean_tag.web.name = '${digitalocean_droplet.web-1.id}'),
    'these refer to each other in a circle: digitalocean_droplet.web-1, digitalocean_tag.web',
  ],
  [
    'a dependency on nothing',
    (s) => (s.resource.digitalocean_tag.web.depends_on = ['digitalocean_vpc.gone']),
    'digitalocean_tag.web: there is no digitalocean_vpc.gone',
  ],
])('%s is refused by name', (_, change, message) => {
  const stack = smallStack();
  change(stack);
  expect(() => parseConfiguration(stack)).toThrow(message);
});

test('every reason is named at once, and the API is not called', async () => {
  const deployment = await Deployment.start();
  try {
    const stack = smallStack();
    stack.resource.digitalocean_app = { a: {} };
    stack.resource.digitalocean_tag.web.colour = 'red';
    const error = await deployment.apply(stack).catch((reason) => reason);
    expect(error).toBeInstanceOf(Refusal);
    expect(error.reasons).toEqual([
      'digitalocean_tag.web: "colour" is not supported',
      'digitalocean_app is not supported',
    ]);
    expect(deployment.changes()).toEqual([]);
  } finally {
    await deployment.end();
  }
});

test('a value of the wrong type is refused by name, before anything is done', async () => {
  const deployment = await Deployment.start();
  try {
    const stack = smallStack();
    stack.resource.digitalocean_volume.data.size = 'large';
    stack.resource.digitalocean_firewall.web.inbound_rule[0].colour = 'red';
    const error = await deployment.apply(stack).catch((reason) => reason);
    expect(error.reasons).toEqual([
      'digitalocean_volume.data: size: a number was expected, not a string',
      'digitalocean_firewall.web: inbound_rule: "colour" is not supported there',
    ]);
    expect(deployment.changes()).toEqual([]);
  } finally {
    await deployment.end();
  }
});

describe('a variable', () => {
  const configuration = (variable: Json) => parseConfiguration({ variable: { token: variable } });
  const sensitive = {
    type: 'string',
    sensitive: true,
    nullable: false,
    description: 'the token',
    validation: [
      { condition: '${can(regex("^[!-~]+$", var.token))}', error_message: 'Set TF_VAR_token to one token.' },
    ],
  };

  test('without a value is asked for by its environment variable', () => {
    expect(() => variableValues(configuration(sensitive), {})).toThrow(
      'TF_VAR_token: it has no value; set this environment variable (the token)',
    );
  });

  test('that fails its validation is refused in the words of the stack, without its value', () => {
    const attempt = () => variableValues(configuration(sensitive), { token: 'two words' });
    expect(attempt).toThrow('Set TF_VAR_token to one token.');
    expect(attempt).not.toThrow('two words');
  });

  test('has its type, and its default when nothing is given', () => {
    const port = configuration({ type: 'number', default: 80 });
    expect(variableValues(port, {}).get('token')).toBe(80);
    expect(variableValues(port, { token: '8080' }).get('token')).toBe(8080);
    expect(() => variableValues(port, { token: 'x' })).toThrow('a number was expected, not a string');
  });
});
