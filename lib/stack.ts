import { CloudinitProvider } from '@cdktf/provider-cloudinit/lib/provider';
import { DigitaloceanProvider } from '@cdktf/provider-digitalocean/lib/provider';
import { RandomProvider } from '@cdktf/provider-random/lib/provider';
import { TlsProvider } from '@cdktf/provider-tls/lib/provider';
import {
  AnnotationMetadataEntryType,
  Aspects,
  TerraformElement,
  TerraformOutput,
  TerraformStack,
} from 'cdktf';
import type { Construct, Node } from 'constructs';
import { App } from './app';
import { scheme } from './certificate';
import { collisions } from './collision';
import { Database } from './database';
import { Dns } from './dns';
import type { Droplet } from './droplet';
import { Firewall } from './firewall';
import { flows } from './flows';
import { LoadBalancer } from './load-balancer';
import { LoadBalancerReplacement } from './load-balancer-replacement';
import { Monitoring } from './monitoring';
import { Network } from './network';
import { Policy } from './policy';
import { Release } from './release';
import { Replacement } from './replacement';
import { ReservedIp } from './reserved-ip';
import { parseSettings, type Settings, type SettingsInput, warnings } from './settings';
import { configureState } from './state-backend';
import { UserError } from './user-error';
import { PROVIDERS, requiredTerraform, TERRAFORM } from './versions';
import { Web } from './web';

/**
 * The whole architecture: DNS -> Reserved IP -> 2 load balancers -> web -> app -> database, with firewalls and monitoring.
 *
 * @throws UserError when a setting is wrong; at synthesis when a policy is broken
 */
export class ScaleUpStack extends TerraformStack {
  private readonly settings: Settings;

  constructor(scope: Construct, id: string, input: SettingsInput) {
    super(scope, id);
    const settings = parseSettings(input);
    this.settings = settings;
    this.checkNeighbours();
    this.configureTerraform(settings);

    const network = new Network(this, 'network', settings);
    const firewall = new Firewall(this, 'firewall', { settings, network, flows: flows(settings) });
    // A firewall's rule has no room for what it is for: for who reads the JSON, `npm run diagram` among them.
    this.addOverride('//.flows', flows(settings));
    const reservedIp = new ReservedIp(this, 'reserved-ip', settings);
    const loadBalancer = new LoadBalancer(this, 'load-balancer', { settings, network, reservedIp });
    const web = new Web(this, 'web', { settings, network });
    const database = new Database(this, 'database', { settings, network });
    const app = new App(this, 'app', { settings, network, database });
    const droplets = [...loadBalancer.droplets, ...web.droplets, ...app.droplets, database.droplet];
    for (const droplet of droplets) droplet.waitFor(firewall.of(droplet.role));
    const dns = new Dns(this, 'dns', { settings, reservedIp });
    for (const droplet of loadBalancer.droplets) {
      // Who asks for a name too early remembers for half an hour that there is none.
      if (dns.certificateNames) droplet.waitFor(dns.certificateNames);
    }
    dns.use('database', database.droplet);
    dns.tellSettings(database.droplet);
    new LoadBalancerReplacement(this, 'new-load-balancer', {
      droplets: loadBalancer.droplets,
      dns,
      reservedIp,
    });
    new Replacement(this, 'new-web', { tier: 'web', droplets: web.droplets, dns, reservedIp });
    new Replacement(this, 'new-app', { tier: 'app', droplets: app.droplets, dns, reservedIp });
    if (settings.app.image) {
      new Release(this, 'release', { settings, dns, reservedIp, appServers: app.droplets, droplets });
    }
    new Monitoring(this, 'monitoring', { settings, network });

    Aspects.of(this).add(new Policy());
    for (const warning of warnings(settings)) {
      // Annotations.addWarning would add a stack trace, and with it this machine's paths, to the manifest.
      this.node.addMetadata(AnnotationMetadataEntryType.WARN, warning);
    }
    this.report(settings, reservedIp, droplets, database);
  }

  /** Terraform addresses that can be read at 3 a.m.: digitalocean_droplet.web-1 for the construct web/1/resource. */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(element) ? element.node : element;
    const path = node.scopes.slice(node.scopes.indexOf(this) + 1).map((scope) => scope.node.id);
    return path.filter((id) => id !== 'resource').join('-');
  }

  /** @throws UserError when another stack of the app could not be beside this one */
  private checkNeighbours(): void {
    const { settings } = this;
    for (const other of this.neighbours()) {
      const found = collisions(other.settings, settings);
      if (found.length > 0)
        throw new UserError(found.map((one) => `${other.node.id} and ${this.node.id}: ${one}`));
    }
  }

  private neighbours(): ScaleUpStack[] {
    const siblings = this.node.scope?.node.children ?? [];
    return siblings.filter((one): one is ScaleUpStack => one instanceof ScaleUpStack && one !== this);
  }

  private configureTerraform({ state }: Settings): void {
    // Tokens come from the environment (DIGITALOCEAN_TOKEN), never from the synthesized JSON.
    new DigitaloceanProvider(this, 'digitalocean');
    new CloudinitProvider(this, 'cloudinit');
    new RandomProvider(this, 'random');
    new TlsProvider(this, 'tls');
    // The bindings name the version that they were made from, which is not always the one that is tested.
    for (const [name, version] of Object.entries(PROVIDERS)) {
      this.addOverride(`terraform.required_providers.${name}.version`, version);
    }
    this.addOverride(
      'terraform.required_version',
      requiredTerraform(state ? TERRAFORM.locking : TERRAFORM.least),
    );
    configureState(this, state);
  }

  private report(
    settings: Settings,
    reservedIp: ReservedIp,
    droplets: readonly Droplet[],
    database: Database,
  ): void {
    const output = (name: string, value: unknown) =>
      new TerraformOutput(this, name, { value, staticId: true });
    output('url', `${scheme(settings)}://${settings.domain}/`);
    if (settings.app.image) output('app_image', settings.app.image);
    output('reserved_ip', reservedIp.address);
    output('name_servers', ['ns1.digitalocean.com', 'ns2.digitalocean.com', 'ns3.digitalocean.com']);
    output(
      'droplets',
      Object.fromEntries(
        droplets.map(({ name, publicIp, privateIp }) => [name, { public: publicIp, private: privateIp }]),
      ),
    );
    output('database_settings', database.settings);
    if (settings.ssh.keys.length > 0 && settings.ssh.cidrs.length > 0) {
      output('ssh', Object.fromEntries(droplets.map(({ name, publicIp }) => [name, `ssh root@${publicIp}`])));
    }
    if (settings.alerts.emails.length === 0) {
      output('alerts', 'Nobody is told when something fails: set alerts.emails in main.ts.');
    }
  }
}
