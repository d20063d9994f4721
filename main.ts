import { App } from 'cdktf';
import { ScaleUpStack } from './lib/stack';
import { UserError } from './lib/user-error';

try {
  const app = new App();
  // docs/settings.md lists every setting. Only the domain is required.
  new ScaleUpStack(app, 'scale-up', {
    domain: 'www.foobar.com',
  });
  app.synth();
} catch (error) {
  if (!(error instanceof UserError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
