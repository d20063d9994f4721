import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt, pathWithSbin, type RunOptions, type RunResult, run } from '../../lab/common/run';
import { stateOf } from '../../lab/droplet/state-paths';
import type { LabAccess } from '../../lab/instance/lab';
import { CLIENT, RESOLVERS } from '../../lab/network/addresses';
import { clientOf } from '../../lab/network/link-names';
import { inside } from '../../lab/network/namespace';

const SSH = `#!/bin/sh
# The program looks into the folder of the user that it runs as. Droplets come and go, and an address comes again with another key.
exec /usr/bin/ssh -i "$HOME/.ssh/id_ed25519" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "$@"
`;

/** Gives a command other resolvers than this machine has, and leaves the machine's as they are. */
const WITH_RESOLVERS = 'mount --bind "$HOME/resolv.conf" /etc/resolv.conf && exec "$0" "$@"';

/** Milliseconds: a restore takes minutes on a busy machine. */
const LONGEST = 600_000;

/**
 * The machine of somebody who deploys, in a lab's world: DigitalOcean, Spaces and the site are there under their own names, the lab's
 * authorities are trusted, the deploy token and a key of Spaces are in the environment. It has an SSH key, and doctl, or what stands in
 * for it where that is not installed. Programs run there as they are, as root, with nothing said about where they are.
 */
export class Workstation {
  /** From which its SSH comes: what `ssh.cidrs` has to name. */
  readonly network = CLIENT.range;
  private readonly home = mkdtempSync(join(tmpdir(), 'scale-up-workstation-'));

  private constructor(
    private readonly lab: string,
    private readonly access: LabAccess,
  ) {}

  static async set(lab: string, access: LabAccess): Promise<Workstation> {
    const workstation = new Workstation(lab, access);
    await workstation.furnish();
    return workstation;
  }

  /** As DigitalOcean names the SSH key of this machine. */
  async fingerprint(): Promise<string> {
    const words = await run(['ssh-keygen', '-E', 'md5', '-l', '-f', this.file('.ssh/id_ed25519.pub')]);
    return (words.split(' ')[1] ?? '').replace('MD5:', '');
  }

  /** Runs a command to its end: in its home, if nothing else is said. */
  run(command: readonly string[], options: Pick<RunOptions, 'cwd' | 'input'> = {}): Promise<RunResult> {
    const words = [...inside(clientOf(this.lab)), 'unshare', '--mount', 'sh', '-c', WITH_RESOLVERS];
    return attempt([...words, ...command], {
      ...{ env: this.environment(), cwd: this.home, timeout: LONGEST },
      ...options,
    });
  }

  /** Runs lines of a shell, up to the first that fails. */
  shell(lines: string, options: Pick<RunOptions, 'input'> = {}): Promise<RunResult> {
    return this.run(['bash', '-euo', 'pipefail', '-c', lines], options);
  }

  /** What `npm run <name> -- <args>` says in a folder with a project, and how it ends. */
  async npm(project: string, name: string, ...args: string[]): Promise<Said> {
    const command = [process.execPath, '--require', 'ts-node/register', 'lib/cli.ts', name, ...args];
    return said(await this.run(command, { cwd: project }));
  }

  end(): void {
    rmSync(this.home, { recursive: true, force: true });
  }

  private environment(): NodeJS.ProcessEnv {
    const { deployToken, spaces } = this.access;
    const authorities = this.file('authorities.pem');
    return {
      ...{ HOME: this.home, PATH: `${this.file('bin')}:${pathWithSbin()}:${this.file('otherwise')}` },
      ...{ DIGITALOCEAN_TOKEN: deployToken, DIGITALOCEAN_ACCESS_TOKEN: deployToken },
      ...{ AWS_ACCESS_KEY_ID: spaces?.accessKey, AWS_SECRET_ACCESS_KEY: spaces?.secretKey },
      ...{ CURL_CA_BUNDLE: authorities, SSL_CERT_FILE: authorities, AWS_CA_BUNDLE: authorities },
      ...{ NODE_EXTRA_CA_CERTS: authorities, CHECKPOINT_DISABLE: '1' },
      ...{ TF_CLI_CONFIG_FILE: undefined, DIGITALOCEAN_API_URL: undefined, http_proxy: undefined },
    };
  }

  private async furnish(): Promise<void> {
    for (const folder of ['.ssh', 'bin', 'otherwise']) mkdirSync(this.file(folder), { mode: 0o700 });
    writeFileSync(this.file('resolv.conf'), RESOLVERS.map((one) => `nameserver ${one}\n`).join(''));
    const authorities = [join(stateOf(this.lab), 'certificates/authority.crt'), this.access.site.authority];
    writeFileSync(
      this.file('authorities.pem'),
      authorities.flatMap((one) => (one ? [readFileSync(one)] : [])).join('\n'),
    );
    writeFileSync(this.file('bin/ssh'), SSH, { mode: 0o700 });
    copyFileSync(join(__dirname, '../operations/doctl'), this.file('otherwise/doctl'));
    await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', this.file('.ssh/id_ed25519')]);
  }

  private file(name: string): string {
    return join(this.home, name);
  }
}

export interface Said {
  readonly status: number;
  readonly said: string;
}

export const said = ({ status, stdout, stderr }: RunResult): Said => ({ status, said: stdout + stderr });
