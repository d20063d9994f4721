import { rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { serveControl } from './control-api';

import { controlSocket } from './runtime-paths';
import { type LabOptions, startLab } from './start-lab';

/**
 * A lab's process, started by `up` inside the lab's fabric: `process.ts <name> <stay|cut>`. It is sent the two listeners on the
 * machine's loopback first, each with what the stack needs besides DigitalOcean, and says over the same channel when it is ready, or
 * why it can't be.
 */
type Needs = Omit<LabOptions, 'name' | 'flows' | 'listeners'>;

const [name = '', flows] = process.argv.slice(2);
const listeners: Server[] = [];

process.on('message', (needs: Needs, listener) => {
  listeners.push(listener as Server);
  const [site, api] = listeners;
  if (site && api) {
    start(site, api, needs).then(
      () => process.send?.({ ready: true }, () => process.disconnect()),
      (error: Error) => process.send?.({ problem: error.message }, () => process.exit(1)),
    );
  }
});

async function start(site: Server, api: Server, needs: Needs): Promise<void> {
  const lab = await startLab({
    ...{ name, flows: flows === 'cut' ? 'cut' : 'stay' },
    ...{ listeners: { site, api }, ...needs },
  });
  const control = serveControl(lab);
  rmSync(controlSocket(name), { force: true });
  await control.listen({ path: controlSocket(name) }); // in a folder that is root's alone
}
