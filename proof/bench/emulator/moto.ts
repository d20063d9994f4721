import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../lab/common/run';
import { type CallName, type Emulator, TAGGED } from './emulator';
import { ServerProcess } from './server-process';

export const MOTO = 'moto 5.2.5';
const PACKAGE = 'moto[server,ec2]==5.2.5';
/** Milliseconds that pip may take. */
const PATIENCE = 300_000;
const HEADERS = {
  // It asks who calls and in which region, not for a signature.
  authorization:
    'AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=0',
  'content-type': 'application/x-www-form-urlencoded',
};

/** A virtual environment of its own with moto in it. */
export class MotoInstallation {
  readonly folder = mkdtempSync(join(tmpdir(), 'scale-up-moto-'));

  /** Rejects with one sentence when pip can't have it. */
  async install(): Promise<void> {
    await run(['python3', '-m', 'venv', this.folder]);
    const pip = [join(this.folder, 'bin/pip'), 'install', '--quiet', '--disable-pip-version-check', PACKAGE];
    await run(pip, { timeout: PATIENCE });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Moto's server: the emulator of another cloud that is known best. Its machines are EC2's instances. */
export class Moto implements Emulator {
  private constructor(
    readonly server: ServerProcess,
    private readonly image: string,
  ) {}

  static async start({ folder }: MotoInstallation): Promise<Moto> {
    const command = (port: number) => ({
      words: [join(folder, 'bin/moto_server'), '-H', '127.0.0.1', '-p', String(port)],
      cwd: folder,
      isTalkative: true,
    });
    const { server } = await ServerProcess.start(command, HEADERS, question('DescribeRegions', {}));
    const images = String(await server.ask(question('DescribeImages', {})));
    return new Moto(server, /ami-[0-9a-f]+/.exec(images)?.[0] ?? '');
  }

  create(n: number): Promise<unknown> {
    const tags = { Name: `d-${n}`, all: '', ...(n < TAGGED ? { ten: '' } : {}) };
    const tagging = Object.entries(tags).flatMap(([key, value], index) => [
      [`TagSpecification.1.Tag.${index + 1}.Key`, key],
      [`TagSpecification.1.Tag.${index + 1}.Value`, value],
    ]);
    return this.call('RunInstances', {
      ...{ ImageId: this.image, InstanceType: 't3.micro', MinCount: '1', MaxCount: '1' },
      ...{ 'TagSpecification.1.ResourceType': 'instance', ...Object.fromEntries(tagging) },
    });
  }

  async calls(): Promise<Readonly<Record<CallName, () => Promise<unknown>>>> {
    const some = String(await this.call('DescribeInstances', { MaxResults: '5' }));
    const id = /<instanceId>(i-[0-9a-f]+)</.exec(some)?.[1] ?? '';
    const describe = (parameters: Readonly<Record<string, string>>) => () =>
      this.call('DescribeInstances', parameters);
    return {
      'one machine': describe({ 'InstanceId.1': id }),
      'a page of 20': describe({ MaxResults: '20' }),
      'a page of 200': describe({ MaxResults: '200' }),
      'by tag (10 match)': describe({ 'Filter.1.Name': 'tag-key', 'Filter.1.Value.1': 'ten' }),
      'by name (1 matches)': describe({ 'Filter.1.Name': 'tag:Name', 'Filter.1.Value.1': 'd-0' }),
    };
  }

  private call(action: string, parameters: Readonly<Record<string, string>>): Promise<Buffer> {
    return this.server.ask(question(action, parameters));
  }
}

const question = (action: string, parameters: Readonly<Record<string, string>>) => ({
  ...{ method: 'POST', path: '/' },
  body: new URLSearchParams({ Version: '2016-11-15', Action: action, ...parameters }).toString(),
});
