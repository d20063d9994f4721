import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Terraform, whyNoTerraform } from './terraform';
import { Deployment, type Json } from './testing/deployment';
import { hasTerraform } from './testing/providers';
import { smallStack } from './testing/small-stack';

const notRun = hasTerraform ? '' : ' (not run: there is no terraform here)';
const withTerraform = hasTerraform ? test : test.skip;

let deployment: Deployment;
const environment = { ...process.env };

beforeEach(async () => {
  deployment = await Deployment.start();
});

afterEach(async () => {
  process.env = environment;
  await deployment.end();
});

test('without terraform the obstacle is one sentence', async () => {
  process.env = { ...environment, PATH: deployment.folder };
  expect(await whyNoTerraform(deployment.target(smallStack()))).toBe(
    'Terraform is not installed (no command "terraform" that runs)',
  );
});

withTerraform(`without the providers the obstacle is one sentence that says why${notRun}`, async () => {
  const empty = join(deployment.folder, 'empty');
  mkdirSync(empty);
  const settings = join(deployment.folder, 'terraformrc');
  writeFileSync(settings, `provider_installation {\n  filesystem_mirror {\n    path = "${empty}"\n  }\n}\n`);
  process.env = { ...environment, TF_CLI_CONFIG_FILE: settings };
  expect(await whyNoTerraform(deployment.target(smallStack()))).toMatch(
    /^Terraform can't fetch the providers, neither from its registry nor as TF_CLI_CONFIG_FILE says: [^\n]*$/,
  );
});

withTerraform.each<[string, Json]>([
  ['in a file', { local: { path: '../elsewhere.tfstate' } }],
  ['in a bucket', { s3: { bucket: 'nowhere', key: 'state', region: 'us-east-1' } }],
])(`a stack that has its state %s has it in the lab's folder here${notRun}`, async (_, backend) => {
  const target = deployment.target({ terraform: { backend }, output: { one: { value: 1 } } });
  expect(await new Terraform(target).apply()).toEqual({ changes: [], outputs: { one: 1 } });
  expect(existsSync(join(target.folder, 'terraform.tfstate'))).toBe(true);
});

withTerraform(
  `what Terraform refuses is told in its words, and secrets stay off the command line${notRun}`,
  async () => {
    // Only locals and outputs: that needs no provider.
    deployment.variables = { token: 'secret-token' };
    const variable = {
      type: 'string',
      sensitive: true,
      validation: [
        { condition: '${var.token == "other"}', error_message: 'Set TF_VAR_token to the other one.' },
      ],
    };
    const stack = {
      terraform: { backend: { local: { path: '../elsewhere.tfstate' } } },
      variable: { token: variable },
    };
    await expect(new Terraform(deployment.target(stack)).apply()).rejects.toThrow(
      'Set TF_VAR_token to the other one.',
    );

    const accepted = {
      ...stack,
      variable: { token: { ...variable, validation: [] } },
      output: { one: { value: 1 } },
    };
    expect(await new Terraform(deployment.target(accepted)).apply()).toEqual({
      changes: [],
      outputs: { one: 1 },
    });
  },
);
