import type { Settings } from './settings';

/** Names that a load balancer's certificate is for, beside its own name: the domain, and the apex where it is ours to point here. */
function certificateNames({ domain, zone, zoneExists }: Settings): string[] {
  return zoneExists || zone === domain ? [domain] : [domain, zone];
}

/** How visitors ask. */
export function scheme({ tls }: Pick<Settings, 'tls'>): 'https' | 'http' {
  return tls ? 'https' : 'http';
}

/** Lines of a load balancer's stack.env. Each load balancer gets a certificate of its own: no key travels. */
export function certificateEnvironment(settings: Settings): Record<string, string> {
  const { tls, zone } = settings;
  if (!tls) {
    return { TLS: 'off', SCHEME: scheme(settings) };
  }
  return {
    TLS: 'on',
    SCHEME: scheme(settings),
    CERTIFICATE_NAMES: certificateNames(settings).join(','),
    ACME_DIRECTORY: tls.directory,
    // The ACME client insists on an address; this is the one that a domain's administrator has by convention. It follows from
    // nothing that is likely to change: it is in user data.
    ACME_CONTACT: tls.contact ?? `hostmaster@${zone}`,
    HSTS_AGE: String(tls.hstsAge),
  };
}
