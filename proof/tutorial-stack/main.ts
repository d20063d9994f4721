import { CloudinitProvider } from '@cdktf/provider-cloudinit/lib/provider';
import { DigitaloceanProvider } from '@cdktf/provider-digitalocean/lib/provider';
import { RandomProvider } from '@cdktf/provider-random/lib/provider';
import { TlsProvider } from '@cdktf/provider-tls/lib/provider';
import { App as CdktfApp, TerraformOutput, TerraformStack } from 'cdktf';
import { App } from '../../lib/app';
import { Database } from '../../lib/database';
import { Dns } from '../../lib/dns';
import { Firewall } from '../../lib/firewall';
import { flows } from '../../lib/flows';
import { Network } from '../../lib/network';
import { ReservedIp } from '../../lib/reserved-ip';
import { parseSettings } from '../../lib/settings';
import { Web } from '../../lib/web';
import { TutorialLoadBalancer } from './load-balancer';

/**
 * What the drills compare with: our web, app and database droplets behind the load balancers that DigitalOcean's tutorial
 * "How To Set Up Highly Available HAProxy Servers with Keepalived and Reserved IPs" teaches, so that nothing differs but
 * these. `main.ts` has no cloud firewall, as the tutorial; `main.ts firewalled` has ours; `main.ts single` has one web and one app
 * droplet, as our stack by default. A program of its own, as main.ts is.
 */
const count = process.argv.includes('single') ? 1 : 2;
const settings = parseSettings({
  ...{ domain: 'www.foobar.com', web: { count }, app: { count } },
  tls: false, // as in the tutorial
});
const app = new CdktfApp();
const stack = new TerraformStack(app, 'tutorial');
new DigitaloceanProvider(stack, 'digitalocean');
new CloudinitProvider(stack, 'cloudinit');
new RandomProvider(stack, 'random');
new TlsProvider(stack, 'tls');

const network = new Network(stack, 'network', settings);
if (process.argv.includes('firewalled')) {
  new Firewall(stack, 'firewall', { settings, network, flows: flows(settings) });
}
const reservedIp = new ReservedIp(stack, 'reserved-ip', settings);
const web = new Web(stack, 'web', { settings, network });
const database = new Database(stack, 'database', { settings, network });
const application = new App(stack, 'app', { settings, network, database });
const dns = new Dns(stack, 'dns', { settings, reservedIp });
for (const droplet of web.droplets) dns.use('web', droplet);
for (const droplet of application.droplets) dns.use('app', droplet);
dns.use('database', database.droplet);
for (const index of [1, 2] as const) {
  const balancer = new TutorialLoadBalancer(stack, `load-balancer-${index}`, {
    settings,
    network,
    reservedIp,
    index,
  });
  balancer.node.addDependency(dns); // the zone
}
new TerraformOutput(stack, 'url', { value: `http://${settings.domain}/`, staticId: true });
app.synth();
