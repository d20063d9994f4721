import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt, type RunResult, run } from '../../lab/common/run';
import { stateOf } from '../../lab/droplet/state-paths';
import type { LabAccess } from '../../lab/instance/lab';
import { RESOLVERS } from '../../lab/network/addresses';
import { clientOf } from '../../lab/network/link-names';
import { inside } from '../../lab/network/namespace';

const SSH = `#!/bin/sh
# The program looks into the folder of the user that it runs as.
exec /usr/bin/ssh -i "$HOME/.ssh/id_ed25519" -o UserKnownHostsFile="$HOME/.ssh/known_hosts" -o StrictHostKeyChecking=accept-new "$@"
`;

/** Enters the machine's own names, beside those of the machine that all of this runs on. */
const ENTER =
  'mount --bind "$HOME/resolv.conf" /etc/resolv.conf && cd "$HOME" && exec bash -euo pipefail -c "$0"';

/**
 * The machine of somebody who has deployed a stack, out in the lab's world: with DigitalOcean's API and the site under their own names,
 * the deploy token in the environment, an SSH key, and doctl, or what stands in for it where that is not installed.
 */
export class OwnMachine {
  /** From which its SSH comes: what `ssh.cidrs` has to name. */
  readonly network = '192.0.2.0/24';
  private readonly home = mkdtempSync(join(tmpdir(), 'scale-up-own-machine-'));

  private constructor(
    private readonly lab: string,
    private readonly access: LabAccess,
  ) {}

  static async set(lab: string, access: LabAccess): Promise<OwnMachine> {
    const machine = new OwnMachine(lab, access);
    await machine.furnish();
    return machine;
  }

  /** As DigitalOcean names the SSH key of this machine. */
  async fingerprint(): Promise<string> {
    const words = await run(['ssh-keygen', '-E', 'md5', '-l', '-f', this.file('.ssh/id_ed25519.pub')]);
    return (words.split(' ')[1] ?? '').replace('MD5:', '');
  }

  shell(
    commands: string,
    options: { readonly input?: string; readonly timeout: number },
  ): Promise<RunResult> {
    const { deployToken, spaces } = this.access;
    const env = {
      HOME: this.home,
      PATH: `${this.file('bin')}:${process.env.PATH}:${this.file('otherwise')}`,
      DIGITALOCEAN_TOKEN: deployToken,
      DIGITALOCEAN_ACCESS_TOKEN: deployToken,
      AWS_ACCESS_KEY_ID: spaces?.accessKey,
      AWS_SECRET_ACCESS_KEY: spaces?.secretKey,
      CURL_CA_BUNDLE: this.file('authorities.pem'),
      SSL_CERT_FILE: this.file('authorities.pem'),
    };
    const outside = [...inside(clientOf(this.lab)), 'unshare', '--mount'];
    return attempt([...outside, 'sh', '-c', ENTER, commands], { env, ...options });
  }

  end(): void {
    rmSync(this.home, { recursive: true, force: true });
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
    copyFileSync(join(__dirname, 'doctl'), this.file('otherwise/doctl'));
    await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', this.file('.ssh/id_ed25519')]);
  }

  private file(name: string): string {
    return join(this.home, name);
  }
}
