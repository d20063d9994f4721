import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt, type RunResult } from '../../lab/common/run';
import { stateOf } from '../../lab/droplet/state-paths';
import { API, SPACES } from '../../lab/network/addresses';
import { clientOf } from '../../lab/network/link-names';
import { inside } from '../../lab/network/namespace';

/** Gives a command other hosts than this machine has, and leaves the machine's as they are. */
const WITH_HOSTS = 'mount --bind "$0" /etc/hosts && exec "$@"';

/**
 * The machine of somebody who deploys, in a lab's world: DigitalOcean's names lead into the lab, whose authority is trusted, so that
 * programs run there as they are, with nothing said about where they are.
 */
export class Workstation {
  private readonly folder = mkdtempSync(join(tmpdir(), 'scale-up-workstation-'));
  private readonly environment: Readonly<Record<string, string | undefined>>;

  /**
   * @param lab name of the lab
   * @param names host names of Spaces that are asked for
   * @param environment what its programs are told besides, such as keys
   */
  constructor(
    private readonly lab: string,
    names: readonly string[],
    environment: Readonly<Record<string, string>>,
  ) {
    const lines = ['127.0.0.1 localhost', `${API} api.digitalocean.com`, `${SPACES} ${names.join(' ')}`];
    writeFileSync(this.hosts, `${lines.join('\n')}\n`);
    const authority = join(stateOf(lab), 'certificates', 'authority.crt');
    this.environment = {
      ...{ CHECKPOINT_DISABLE: '1', SSL_CERT_FILE: authority, NODE_EXTRA_CA_CERTS: authority },
      AWS_CA_BUNDLE: authority,
      ...{ TF_CLI_CONFIG_FILE: undefined, DIGITALOCEAN_API_URL: undefined, http_proxy: undefined },
      ...environment,
    };
  }

  private get hosts(): string {
    return join(this.folder, 'hosts');
  }

  /** Runs a command to its end, as root in this folder. */
  run(cwd: string, command: readonly string[], input = ''): Promise<RunResult> {
    const words = [...inside(clientOf(this.lab)), 'unshare', '--mount', 'sh', '-c', WITH_HOSTS, this.hosts];
    return attempt([...words, ...command], { cwd, input, env: this.environment, timeout: 600_000 });
  }

  /** What `npm run <name> -- <args>` says, and how it ends. */
  async npm(project: string, name: string, ...args: string[]): Promise<Said> {
    const command = [process.execPath, '--require', 'ts-node/register', 'lib/cli.ts', name, ...args];
    return said(await this.run(project, command));
  }

  end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Said {
  readonly status: number;
  readonly said: string;
}

export const said = ({ status, stdout, stderr }: RunResult): Said => ({ status, said: stdout + stderr });
