import ipaddr from 'ipaddr.js';
import { unpackAll } from './packed-content';
import { ROLES } from './role';
import { roleOfTag } from './tag';

/** The parts of a stack's Terraform JSON that the rules read: blocks by type and name. */
interface TerraformJson {
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly locals?: Readonly<Record<string, unknown>>;
}
type Blocks = Readonly<Record<string, Readonly<Record<string, Block>>>>;
// biome-ignore lint/suspicious/noExplicitAny: Terraform's JSON has no narrower type here
type Block = Readonly<Record<string, any>>;

/** DigitalOcean takes 64 KiB of user_data. Closer than this, the next small addition fails in the middle of an apply. */
const USER_DATA_LIMIT = 63 * 1024;

/** A network this wide is as good as the whole internet. */
const WIDEST_PREFIX = 8;

/** What a secret looks like that was written down instead of referred to. A reference starts with a dollar sign. */
const LITERAL_SECRETS: Readonly<Record<string, RegExp>> = {
  'a DigitalOcean token': /\bdo[opr]_v1_[0-9a-f]{64}\b/,
  'a private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  'a password in a URL': /:\/\/[^\s:/@${]+:[^\s@/$%{<]+@/,
  'a literal secret':
    /^[ \t]*(?:export )?[A-Z0-9_]*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_KEY)=(?!["']?\$)["']?[^\s"']{6,}/m,
  'a literal password': /^[ \t-]*(?:password|passwd|hashed_passwd|plain_text_passwd): *(?!["']?\$\{)\S{4,}/m,
};

/** Every rule that the synthesized stack breaks, one sentence each: where, what is wrong, what would be right. */
export function violations(stack: TerraformJson): string[] {
  const droplets = named(stack, 'digitalocean_droplet');
  return [
    ...droplets.flatMap(([name, droplet]) =>
      dropletViolations(stack, name, droplet).map((sentence) => `digitalocean_droplet.${name} ${sentence}`),
    ),
    ...named(stack, 'digitalocean_firewall').flatMap(([name, firewall]) =>
      worldViolations(stack, name, firewall),
    ),
  ];
}

function dropletViolations(stack: TerraformJson, name: string, droplet: Block): string[] {
  const tags = tagNames(stack, droplet.tags);
  const guarded = named(stack, 'digitalocean_firewall').some(
    ([, firewall]) =>
      tagNames(stack, firewall.tags).some((tag) => tags.includes(tag)) ||
      JSON.stringify(firewall.droplet_ids ?? []).includes(`digitalocean_droplet.${name}.id`),
  );
  const broken: [boolean, string][] = [
    [droplet.monitoring !== true, 'has no monitoring agent; set monitoring: true'],
    [!droplet.vpc_uuid, 'is in no VPC of ours; set vpcUuid to that of the network'],
    [!tags.some(roleOfTag), `has no role tag; give it the tag of one role (${ROLES.join(', ')})`],
    [!guarded, 'has no firewall; give it a tag that a firewall names'],
  ];
  return [
    ...broken.filter(([wrong]) => wrong).map(([, sentence]) => sentence),
    ...userDataViolations(stack, droplet),
  ];
}

function userDataViolations(stack: TerraformJson, droplet: Block): string[] {
  const text = userData(stack, droplet);
  const size = Buffer.byteLength(text);
  const readable = [text, ...unpackAll(text)];
  const found = Object.entries(LITERAL_SECRETS)
    .filter(([, pattern]) => readable.some((content) => pattern.test(content)))
    .map(([what]) => `has ${what} in its user_data; refer to a sensitive variable or a generated password`);
  if (size > USER_DATA_LIMIT) {
    found.push(
      `has ${size} bytes of user_data; keep it below ${USER_DATA_LIMIT}, DigitalOcean refuses more than 65536`,
    );
  }
  if (/(?<!\$)\$\{[^}]*\bdigitalocean_droplet\./.test(text)) {
    found.push(
      "has another droplet's attribute in its user_data, and would be replaced with it; use an internal DNS name",
    );
  }
  return found;
}

/** A firewall that lets the internet in may guard load balancers only. */
function worldViolations(stack: TerraformJson, name: string, firewall: Block): string[] {
  const balancersOnly =
    !firewall.droplet_ids?.length &&
    tagNames(stack, firewall.tags).every((tag) => roleOfTag(tag) === 'load-balancer');
  const open = list(firewall.inbound_rule).filter((rule) => list(rule.source_addresses).some(isWorld));
  return balancersOnly
    ? []
    : open.map(
        ({ protocol, port_range }) =>
          `digitalocean_firewall.${name} opens ${[protocol, port_range].filter(Boolean).join(' ')} to the internet; only the load balancers may be open to it`,
      );
}

/** The user_data as text, with the parts of a cloudinit_config one after the other and locals filled in. */
function userData(stack: TerraformJson, { user_data }: Block): string {
  const [, document] = /^\$\{data\.cloudinit_config\.([\w-]+)\.rendered\}$/.exec(user_data ?? '') ?? [];
  const parts = list(document && stack.data?.cloudinit_config?.[document]?.part);
  const text = document ? parts.map(({ content }) => content).join('\n') : String(user_data ?? '');
  return text.replace(/\$\{local\.([\w-]+)\}/g, (whole, local) => String(stack.locals?.[local] ?? whole));
}

function tagNames(stack: TerraformJson, tags: unknown): string[] {
  return list<string>(tags).map((tag) => {
    const [, resource] = /^\$\{digitalocean_tag\.([\w-]+)\.(?:id|name)\}$/.exec(tag) ?? [];
    return resource ? stack.resource?.digitalocean_tag?.[resource]?.name : tag;
  });
}

function isWorld(address: string): boolean {
  return ipaddr.isValidCIDR(address) && ipaddr.parseCIDR(address)[1] < WIDEST_PREFIX;
}

function named(stack: TerraformJson, type: string): [string, Block][] {
  return Object.entries(stack.resource?.[type] ?? {});
}

// biome-ignore lint/suspicious/noExplicitAny: Terraform's JSON has no narrower type here
function list<T = any>(value: unknown): T[] {
  return Array.isArray(value) ? value : [];
}
