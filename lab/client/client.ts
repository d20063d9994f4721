/** A client of DigitalOcean's API as its registry has it, and the program here that uses it. */
export interface Client {
  readonly name: string;
  readonly version: string;
  readonly language: 'Python' | 'JavaScript' | 'Go';
  readonly program: string;
  /** What is installed: requirements of pip, packages of npm, or modules of Go. */
  readonly packages: readonly string[];
  /** It sends its token over HTTPS only. @default false */
  readonly needsTls?: boolean;
}

export const CLIENTS: readonly Client[] = [
  {
    ...{ name: 'pydo', version: '0.44.0', language: 'Python', program: 'use_pydo.py' },
    ...{ packages: ['pydo==0.44.0'], needsTls: true },
  },
  {
    ...{ name: 'python-digitalocean', version: '1.17.0', language: 'Python' },
    ...{ program: 'use_python_digitalocean.py', packages: ['python-digitalocean==1.17.0'] },
  },
  {
    ...{ name: 'Apache libcloud', version: '3.9.1', language: 'Python', program: 'use_libcloud.py' },
    packages: ['apache-libcloud==3.9.1'],
  },
  {
    ...{ name: 'octodns-digitalocean', version: '1.0.1', language: 'Python', program: 'use_octodns.py' },
    packages: ['octodns==1.22.0', 'octodns-digitalocean==1.0.1'],
  },
  {
    ...{ name: 'dns-lexicon', version: '3.25.2', language: 'Python', program: 'use_lexicon.py' },
    packages: ['dns-lexicon==3.25.2'],
  },
  {
    ...{ name: 'certbot-dns-digitalocean', version: '5.8.0', language: 'Python', program: 'use_certbot.py' },
    packages: ['certbot-dns-digitalocean==5.8.0'],
  },
  {
    ...{ name: "Ansible's community.digitalocean", version: '1.27.0', language: 'Python' },
    ...{ program: 'use_ansible.py', packages: ['ansible==11.0.0'] },
  },
  {
    ...{ name: 'godo', version: '1.240.0', language: 'Go', program: 'use_godo.go' },
    packages: ['github.com/digitalocean/godo@v1.240.0', 'golang.org/x/oauth2@v0.27.0'],
  },
  {
    ...{ name: "lego's DNS provider", version: '4.25.2', language: 'Go', program: 'use_lego.go' },
    packages: ['github.com/go-acme/lego/v4@v4.25.2', 'github.com/miekg/dns@v1.1.67'],
  },
  {
    ...{ name: 'dots-wrapper', version: '3.12.12', language: 'JavaScript', program: 'use_dots_wrapper.mjs' },
    packages: ['dots-wrapper@3.12.12'],
  },
  {
    ...{ name: 'do-wrapper', version: '4.5.1', language: 'JavaScript', program: 'use_do_wrapper.mjs' },
    packages: ['do-wrapper@4.5.1'],
  },
  {
    ...{ name: "DigitalOcean's MCP server", version: '1.0.70', language: 'JavaScript' },
    ...{ program: 'use_mcp.mjs', packages: ['@digitalocean/mcp@1.0.70'] },
  },
];

/** What has no program here, and why. */
export const NOT_TRIED: Readonly<Record<string, string>> = {
  doctl: 'the Go module proxy did not have it when this was written',
  "Ansible's digitalocean.cloud": 'no package registry has it',
  "Terraform's provider": 'it has tests of its own in the repository',
};
