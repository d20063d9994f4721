import { CloudinitProvider } from '@cdktf/provider-cloudinit/lib/provider';
import { DigitaloceanProvider } from '@cdktf/provider-digitalocean/lib/provider';
import { RandomProvider } from '@cdktf/provider-random/lib/provider';
import {
  AnnotationMetadataEntryType,
  Aspects,
  LocalBackend,
  TerraformElement,
  TerraformOutput,
  TerraformStack,
} from 'cdktf';
import type { Construct, Node } from 'constructs';
import { App } from './app';
import { Database } from './database';
import { Dns } from './dns';
import type { Droplet } from './droplet';
import { Firewall } from './firewall';
import { flows } from './flows';
import { LoadBalancer } from './load-balancer';
import { Monitoring } from './monitoring';
import { Network } from './network';
import { Policy } from './policy';
import { ReservedIp } from './reserved-ip';
import { parseSettings, type Settings, type SettingsInput, warnings } from './settings';
import { Web } from './web';

/**
 * The whole architecture: DNS -> Reserved IP -> 2 load balancers -> web -> app -> database, with firewalls and monitoring.
 *
 * @throws UserError when a setting is wrong; at synthesis when a policy is broken
 */
export class ScaleUpStack extends TerraformStack {
  constructor(scope: Construct, id: string, input: SettingsInput) {
    super(scope, id);
    const settings = parseSettings(input);
    this.configureTerraform();

    const network = new Network(this, 'network', settings);
    const firewall = new Firewall(this, 'firewall', { settings, network, flows: flows(settings) });
    const reservedIp = new ReservedIp(this, 'reserved-ip', settings);
    const loadBalancer = new LoadBalancer(this, 'load-balancer', { settings, network, reservedIp });
    const web = new Web(this, 'web', { settings, network });
    const database = new Database(this, 'database', { settings, network });
    const app = new App(this, 'app', { settings, network, database });
    const droplets = [...loadBalancer.droplets, ...web.droplets, ...app.droplets, database.droplet];
    for (const droplet of droplets) droplet.waitFor(firewall.of(droplet.role));
    new Dns(this, 'dns', {
      settings,
      reservedIp,
      internalNames: {
        'load-balancer-1': [loadBalancer.droplets[0]],
        'load-balancer-2': [loadBalancer.droplets[1]],
        web: web.droplets,
        app: app.droplets,
        database: [database.droplet],
      },
    });
    new Monitoring(this, 'monitoring', { settings, network });

    Aspects.of(this).add(new Policy());
    for (const warning of warnings(settings)) {
      // Annotations.addWarning would add a stack trace, and with it this machine's paths, to the manifest.
      this.node.addMetadata(AnnotationMetadataEntryType.WARN, warning);
    }
    this.report(settings, reservedIp, droplets);
  }

  /** Terraform addresses that can be read at 3 a.m.: digitalocean_droplet.web-1 for the construct web/1/resource. */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(element) ? element.node : element;
    const path = node.scopes.slice(node.scopes.indexOf(this) + 1).map((scope) => scope.node.id);
    return path.filter((id) => id !== 'resource').join('-');
  }

  private configureTerraform(): void {
    // Tokens come from the environment (DIGITALOCEAN_TOKEN), never from the synthesized JSON.
    new DigitaloceanProvider(this, 'digitalocean');
    new CloudinitProvider(this, 'cloudinit');
    new RandomProvider(this, 'random');
    // The bindings pin the exact version they were made from, which keeps later fixes out.
    this.addOverride('terraform.required_providers.digitalocean.version', '~> 2.71');
    // Relative, so that the JSON is the same on every machine: the state lies beside cdktf.json.
    new LocalBackend(this, { path: `../../../terraform.${this.node.id}.tfstate` });
  }

  private report(settings: Settings, reservedIp: ReservedIp, droplets: readonly Droplet[]): void {
    const output = (name: string, value: unknown) =>
      new TerraformOutput(this, name, { value, staticId: true });
    output('url', `${settings.tls ? 'https' : 'http'}://${settings.domain}/`);
    output('reserved_ip', reservedIp.address);
    output('name_servers', ['ns1.digitalocean.com', 'ns2.digitalocean.com', 'ns3.digitalocean.com']);
    output(
      'droplets',
      Object.fromEntries(
        droplets.map(({ name, publicIp, privateIp }) => [name, { public: publicIp, private: privateIp }]),
      ),
    );
    if (settings.ssh.keys.length > 0 && settings.ssh.cidrs.length > 0) {
      output('ssh', Object.fromEntries(droplets.map(({ name, publicIp }) => [name, `ssh root@${publicIp}`])));
    }
    if (settings.alerts.emails.length === 0) {
      output('alerts', 'Nobody is told when something fails: set alerts.emails in main.ts.');
    }
  }
}
