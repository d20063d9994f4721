import type { Settings } from './settings';

/** The names that the site's certificate is for: the domain, and the apex where it is ours to point here. */
function certificateNames({ domain, zone, zoneExists }: Settings): string[] {
  return zoneExists || zone === domain ? [domain] : [domain, zone];
}

/** Lines of a load balancer's stack.env. Each load balancer gets a certificate of its own: no key travels. */
export function certificateEnvironment(settings: Settings): Record<string, string> {
  const { tls, alerts, zone } = settings;
  if (!tls) {
    return { TLS: 'off' };
  }
  return {
    TLS: 'on',
    CERTIFICATE_NAMES: certificateNames(settings).join(','),
    ACME_DIRECTORY: tls.directory,
    // The ACME client insists on an address; this is the one that a domain's administrator has by convention.
    ACME_CONTACT: tls.contact ?? alerts.emails[0] ?? `hostmaster@${zone}`,
    HSTS_AGE: String(tls.hstsAge),
  };
}
