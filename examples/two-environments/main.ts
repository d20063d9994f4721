import { App } from 'cdktf';
import type { SettingsInput } from '../../lib/settings';
import { ScaleUpStack } from '../../lib/stack';
import { UserError } from '../../lib/user-error';

/** What both environments are alike in: what runs, and who looks after it. */
const common = {
  app: { image: 'registry.example.com/shop:1.4' },
  alerts: { emails: ['ops@foobar.com'] },
} satisfies Partial<SettingsInput>;

/** What differs. Names, networks and records in the zone must; a mistake there is a sentence at synthesis. */
const environments: Record<string, SettingsInput> = {
  production: {
    ...common,
    domain: 'www.foobar.com',
    web: { count: 2 },
    app: { ...common.app, count: 2 },
  },
  staging: {
    ...common,
    prefix: 'staging',
    domain: 'staging.foobar.com',
    zoneExists: true, // production makes it
    vpcRange: '10.20.16.0/20',
    deletionProtection: false,
  },
};

try {
  const app = new App();
  for (const [name, settings] of Object.entries(environments)) new ScaleUpStack(app, name, settings);
  app.synth();
} catch (error) {
  if (!(error instanceof UserError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
