/** The parts of a container image's reference, as `podman pull` takes it: registry.example.com:5000/team/shop:1.4 */
export interface ImageReference {
  /** Host of the registry, without the port. */
  readonly host: string;
  readonly port: number;
  /** Registry and name, in full: a short one such as `caddy:2.8` means Docker Hub, as everywhere. */
  readonly repository: string;
  /** The reference in full. */
  readonly full: string;
  /** @default - undefined: a digest names the release */
  readonly tag?: string;
  /** @default - undefined: a tag names the release */
  readonly digest?: string;
}

const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const REGISTRY = new RegExp(`^(${LABEL}(?:\\.${LABEL})*)(?::([1-9]\\d{0,4}))?$`);
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

const DOCKER_HUB = 'docker.io';

/** Reads a reference; undefined when it is none. Without a tag and a digest it is one, though it names no release. */
export function parseImageReference(text: string): ImageReference | undefined {
  const [named = '', digest, ...rest] = text.split('@');
  const [, path = '', tag] = /^(.*?)(?::([^:/]*))?$/s.exec(named) ?? [];
  const { registry, name } = withRegistry(path);
  const [, host, port = '443'] = REGISTRY.exec(registry) ?? [];
  const isReference =
    host !== undefined &&
    Number(port) <= 65_535 &&
    name.length <= 255 &&
    NAME.test(name) &&
    (tag === undefined || TAG.test(tag)) &&
    (digest === undefined || DIGEST.test(digest)) &&
    rest.length === 0;
  if (!isReference) {
    return undefined;
  }
  // Where both are given the digest decides, and podman takes only one.
  const release = digest ? `@${digest}` : tag ? `:${tag}` : '';
  const repository = `${registry}/${name}`;
  return { host, port: Number(port), repository, full: `${repository}${release}`, tag, digest };
}

/** The first part of a path is a registry if it can't be anything else; else the image is Docker Hub's. */
function withRegistry(path: string): { registry: string; name: string } {
  const [first = '', ...others] = path.split('/');
  if (others.length > 0 && (/[.:]/.test(first) || first === 'localhost')) {
    return { registry: first, name: others.join('/') };
  }
  return { registry: DOCKER_HUB, name: others.length > 0 ? path : `library/${path}` };
}
