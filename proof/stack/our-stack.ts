import { App } from 'cdktf';
import { ScaleUpStack } from '../../lib/stack';

/** Synthesizes the stack as main.ts does, with the settings that are given as one JSON argument. */
const app = new App();
new ScaleUpStack(app, 'scale-up', { domain: 'www.foobar.com', ...JSON.parse(process.argv[2] ?? '{}') });
app.synth();
