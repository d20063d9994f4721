import { App } from 'cdktf';
import { ScaleUpStack } from '../../lib/stack';

const app = new App();
new ScaleUpStack(app, 'scale-up', { domain: 'www.foobar.com', web: { count: 2 }, app: { count: 2 } });
app.synth();
