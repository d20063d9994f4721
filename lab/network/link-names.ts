/** Namespaces carry the lab's name, so that another process can find and remove those of a dead lab. */
export const fabricOf = (lab: string) => `digitalocean-lab-${lab}-fabric`;
export const clientOf = (lab: string) => `digitalocean-lab-${lab}-client`;
export const dropletNamespace = (lab: string, dropletId: number) => `digitalocean-lab-${lab}-d${dropletId}`;

export function belongsTo(lab: string, namespace: string): boolean {
  return new RegExp(`^digitalocean-lab-${lab}-(fabric|client|d\\d+)$`).test(namespace);
}

/** @throws unless the name is fit for namespaces, folders and regular expressions */
export function checkLabName(lab: string): void {
  if (/^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/.test(lab)) return;
  throw new Error(
    `"${lab}" is no name for a lab: use at most 30 small letters, digits and hyphens, with a letter or digit at both ends.`,
  );
}

// Interfaces of the fabric. The kernel allows 15 characters; DigitalOcean's droplet ids have at most 10.
export const CLIENT_LINK = 'client';
export const publicLink = (dropletId: number) => `pub-${dropletId}`;
export const vpcLink = (dropletId: number) => `vpc-${dropletId}`;
