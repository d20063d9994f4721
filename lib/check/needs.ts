/** What a synthesized stack asks of the account, by the names that the account knows. */
export interface Needs {
  readonly droplets: readonly NeededDroplet[];
  readonly vpcs: readonly { readonly name: string; readonly region: string; readonly range: string }[];
  readonly volumes: readonly { readonly name: string; readonly region: string }[];
  readonly firewalls: readonly string[];
  readonly tags: readonly string[];
  readonly reservedIps: number;
  /** Zones that the stack makes. */
  readonly zones: readonly string[];
  readonly records: readonly { readonly zone: string; readonly name: string; readonly type: string }[];
  /** Addresses that alerts go to. */
  readonly emails: readonly string[];
  readonly sshKeys: readonly string[];
}

export interface NeededDroplet {
  readonly name: string;
  readonly region: string;
  readonly size: string;
  readonly image: string;
  /** Its successor is made before it goes: for a while there are both. */
  readonly isDoubled: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: Terraform's JSON has no narrower type here
type Block = any;

/** Reads them from the stack's Terraform JSON. */
export function needsOf(json: { readonly resource?: Record<string, Record<string, Block>> }): Needs {
  const blocks = (type: string): Block[] => Object.values(json.resource?.[`digitalocean_${type}`] ?? {});
  const droplets = blocks('droplet');
  /** The name behind `${digitalocean_domain.dns-zone.id}`; a literal is itself. */
  const named = (value: string): string => {
    const [, type = '', id = ''] = /^\$\{([\w-]+)\.([\w-]+)\.(?:id|name)\}$/.exec(value) ?? [];
    return json.resource?.[type]?.[id]?.name ?? value;
  };
  const emails = [
    ...blocks('monitor_alert').map(({ alerts }) => alerts?.email),
    ...blocks('uptime_alert').flatMap(({ notifications }) => notifications?.map(({ email }: Block) => email)),
  ];
  return {
    droplets: droplets.map(({ name, region, size, image, lifecycle }) => ({
      ...{ name, region, size, image },
      isDoubled: lifecycle?.create_before_destroy === true,
    })),
    vpcs: blocks('vpc').map(({ name, region, ip_range }) => ({ name, region, range: ip_range })),
    volumes: blocks('volume').map(({ name, region }) => ({ name, region })),
    firewalls: blocks('firewall').map(({ name }) => name),
    tags: blocks('tag').map(({ name }) => name),
    reservedIps: blocks('reserved_ip').length,
    zones: blocks('domain').map(({ name }) => name),
    records: blocks('record').map(({ domain, name, type }) => ({ zone: named(domain), name, type })),
    emails: distinct(emails.flat()),
    sshKeys: distinct(droplets.flatMap(({ ssh_keys }) => ssh_keys)),
  };
}

export function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))].sort();
}
