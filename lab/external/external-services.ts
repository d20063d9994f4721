import { join } from 'node:path';
import type { LabCertificates } from '../common/certificate';
import { AUTHORITY, REGISTRY, SPACES } from '../network/addresses';
import { type AuthoritySpec, startAuthority } from './certificate-authority';
import { Registry, type RegistrySpec, registryNames } from './container-registry';
import { SPACES_NAMES } from './object-store/object-store';

/** What a stack needs of the world besides DigitalOcean. */
export interface ExternalSpec {
  /** From which it pulls its container image. @default - none: it runs the sample application */
  readonly registry?: RegistrySpec;
  /** From which it gets its certificates. @default - none: it has no HTTPS */
  readonly authority?: AuthoritySpec;
  /** How long these are valid, in seconds. @default - 90 days */
  readonly lifetime?: number;
  /** Whether it keeps objects in Spaces, DigitalOcean's own, but under other names than its API. @default false */
  readonly spaces?: boolean;
}

/** Where a lab has what is theirs. */
export interface ExternalPaths {
  readonly directory: string;
  readonly authorityLog: string;
  readonly registryLog: string;
}

export interface ExternalServices {
  readonly registry?: Registry;
  /** Root (PEM) of the site's certificates. */
  readonly root?: string;
}

/** Address by name of each host of the world that the stack asks. */
export function externalHosts({ registry, authority, spaces }: ExternalSpec): Map<string, string> {
  const registries = registry ? registryNames(registry) : [];
  return new Map([
    ...registries.map((name) => [name, REGISTRY] as const),
    ...(authority ? [[authority.host, AUTHORITY] as const] : []),
    ...(spaces ? SPACES_NAMES.map((name) => [name, SPACES] as const) : []),
  ]);
}

/** Starts what the stack needs, in the network of the lab. All of it ends with the lab. */
export async function startExternalServices(
  lab: string,
  { registry, authority, lifetime }: ExternalSpec,
  certificates: LabCertificates,
  { directory, authorityLog, registryLog }: ExternalPaths,
): Promise<ExternalServices> {
  const certificate = certificates.others;
  if (!certificate) return {};
  const root =
    authority &&
    (await startAuthority({
      ...{ lab, spec: authority, certificate, lifetime },
      directory: join(directory, 'authority'),
      log: authorityLog,
    }));
  const started =
    registry &&
    (await Registry.start({
      ...{ spec: registry, certificate, authority: certificates.authority.certificate },
      directory: join(directory, 'registry'),
      log: registryLog,
    }));
  return { registry: started, root };
}
