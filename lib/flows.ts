import { type Flow, WORLD } from './firewall';
import { parseImageReference } from './image-reference';
import { ROLES } from './role';
import type { Settings } from './settings';

/** Every arrow of the architecture: all traffic that the stack's firewalls let pass. */
export function flows({ ssh, app, database, tls }: Settings): Flow[] {
  const registry = parseImageReference(app.image ?? '');
  const backupPort = new URL(database.backups?.endpoint ?? 'https://spaces').port;
  return [
    {
      from: WORLD,
      to: 'load-balancer',
      protocol: 'tcp',
      ports: '80',
      purpose: tls ? 'visitors who are sent to HTTPS; the certificate authority' : 'visitors',
    },
    ...(tls
      ? [{ from: WORLD, to: 'load-balancer', protocol: 'tcp', ports: '443', purpose: 'visitors' } as const]
      : []),
    {
      from: 'load-balancer',
      to: 'load-balancer',
      protocol: 'tcp',
      ports: '8404-8405',
      purpose: 'each asks whether the other serves, and passes it the challenge for its certificate',
    },
    {
      from: 'load-balancer',
      to: 'web',
      protocol: 'tcp',
      ports: '80',
      purpose: 'requests, and health checks',
    },
    {
      from: 'load-balancer',
      to: 'app',
      protocol: 'tcp',
      ports: '8080',
      purpose: 'health checks only: the redundancy path reports a dead app droplet',
    },
    { from: 'web', to: 'app', protocol: 'tcp', ports: '8080', purpose: 'what is not a static file' },
    { from: 'app', to: 'database', protocol: 'tcp', ports: '3306', purpose: 'queries' },
    // The ports that every droplet may reach are below.
    ...(registry && ![80, 443].includes(registry.port)
      ? [
          {
            from: 'app',
            to: WORLD,
            protocol: 'tcp',
            ports: String(registry.port),
            purpose: "the registry of the app's image",
          } as const,
        ]
      : []),
    ...(backupPort && backupPort !== '80'
      ? [
          {
            from: 'database',
            to: WORLD,
            protocol: 'tcp',
            ports: backupPort,
            purpose: 'the bucket that gets its copies',
          } as const,
        ]
      : []),
    ...ROLES.flatMap((role): Flow[] => [
      {
        from: 'load-balancer',
        to: role,
        protocol: 'tcp',
        ports: '8406',
        purpose: 'what is wrong with the droplet: the redundancy path reports it',
      },
      ...(ssh.cidrs.length > 0
        ? [{ from: ssh.cidrs, to: role, protocol: 'tcp', ports: '22', purpose: 'administrators' } as const]
        : []),
      { from: role, to: WORLD, protocol: 'tcp', ports: '80', purpose: 'packages; the monitoring agent' },
      {
        from: role,
        to: WORLD,
        protocol: 'tcp',
        ports: '443',
        purpose: "packages; DigitalOcean's API and monitoring",
      },
      {
        from: role,
        to: WORLD,
        protocol: 'tcp',
        ports: '53',
        purpose: 'names, also those with many addresses',
      },
      { from: role, to: WORLD, protocol: 'udp', ports: '53', purpose: 'names' },
      { from: role, to: WORLD, protocol: 'udp', ports: '123', purpose: 'time' },
    ]),
  ];
}
