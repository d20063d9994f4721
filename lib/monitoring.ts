import { MonitorAlert } from '@cdktf/provider-digitalocean/lib/monitor-alert';
import { UptimeAlert } from '@cdktf/provider-digitalocean/lib/uptime-alert';
import { UptimeCheck } from '@cdktf/provider-digitalocean/lib/uptime-check';
import { Construct } from 'constructs';
import type { Network } from './network';
import { ROLES, type Role } from './role';
import type { Settings } from './settings';

/** All of DigitalOcean's vantage points. */
const REGIONS = ['us_east', 'us_west', 'eu_west', 'se_asia'];

/** Percent of a droplet's CPU, memory and disk above which somebody should look, over 5 minutes. */
const LIMITS = { cpu: 85, memory_utilization_percent: 90, disk_utilization_percent: 80 };

/** Processes waiting per virtual CPU, averaged over 5 minutes, above which somebody should look. */
const LOAD_PER_CPU = 2;

/** Days before its end at which a certificate should long have been renewed. */
const LATE = 14;

/** Milliseconds for the front page, anywhere on earth. */
const SLOW = 2000;

export interface MonitoringProps {
  readonly settings: Settings;
  readonly network: Network;
}

/** Alerts by tag for every droplet, and checks from outside. Every droplet runs the monitoring agent, whether or not anybody is told. */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, { settings, network }: MonitoringProps) {
    super(scope, id);
    if (settings.alerts.emails.length === 0) {
      return;
    }
    for (const [measure, limit] of Object.entries(LIMITS)) {
      this.alert(measure, limit, network.stackTag.id, settings);
    }
    for (const role of ROLES) {
      this.alert('load_5', LOAD_PER_CPU * cpus(settings, role), network.roleTag(role).id, settings, role);
    }
    this.checkSite(settings);
    this.checkRedundancy(settings);
  }

  private alert(
    measure: string,
    limit: number,
    tag: string,
    { prefix, alerts }: Settings,
    role?: Role,
  ): void {
    new MonitorAlert(this, role ? `${measure}-${role}` : measure, {
      type: `v1/insights/droplet/${measure}`,
      description: `${prefix}${role ? ` ${role}` : ''}: ${measure} above ${limit}`,
      compare: 'GreaterThan',
      value: limit,
      window: '5m',
      tags: [tag],
      alerts: { email: alerts.emails },
      enabled: true,
    });
  }

  private checkSite({ prefix, domain, alerts, tls }: Settings): void {
    const type = tls ? 'https' : 'http';
    const check = new UptimeCheck(this, 'site', {
      name: `${prefix} ${domain}`,
      type,
      target: `${type}://${domain}/`,
      regions: REGIONS,
    });
    const notifications = [{ email: alerts.emails }];
    new UptimeAlert(this, 'site-down', {
      checkId: check.id,
      name: `${prefix}: ${domain} is down`,
      type: 'down',
      period: '2m',
      notifications,
    });
    new UptimeAlert(this, 'site-slow', {
      checkId: check.id,
      name: `${prefix}: ${domain} is slow`,
      type: 'latency',
      comparison: 'greater_than',
      threshold: SLOW,
      period: '5m',
      notifications,
    });
    if (tls) {
      new UptimeAlert(this, 'certificate-ends', {
        checkId: check.id,
        name: `${prefix}: the certificate of ${domain} ends`,
        type: 'ssl_expiry',
        comparison: 'less_than',
        threshold: LATE,
        period: '1h',
        notifications,
      });
    }
  }

  /** Visitors don't notice a dead standby; the next failure would be the one that takes the site down. */
  private checkRedundancy({ prefix, domain, alerts, tls }: Settings): void {
    const type = tls ? 'https' : 'http';
    const check = new UptimeCheck(this, 'redundancy', {
      name: `${prefix} redundancy`,
      type,
      target: `${type}://${domain}/-/redundancy`,
      regions: REGIONS,
    });
    new UptimeAlert(this, 'redundancy-lost', {
      checkId: check.id,
      name: `${prefix}: a droplet of ${domain} is missing`,
      // The 503 is the same from everywhere, so one region's bad path is no reason to wake anybody.
      type: 'down_global',
      period: '5m',
      notifications: [{ email: alerts.emails }],
    });
  }
}

/** Virtual CPUs of a role's droplets: the number in "s-2vcpu-4gb" or "c-4". */
function cpus(settings: Settings, role: Role): number {
  const { size } = {
    'load-balancer': settings.loadBalancer,
    web: settings.web,
    app: settings.app,
    database: settings.database,
  }[role];
  return Number(/-(\d+)/.exec(size)?.[1] ?? 1);
}
