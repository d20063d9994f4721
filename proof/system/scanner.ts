import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt } from '../../lab/common/run';
import { inOverlay, OVERLAY_FOLDERS } from '../../lab/image/chroot';
import { baseImage, packageLayer } from '../../lab/image/images';
import { clientOf } from '../../lab/network/link-names';
import { inside } from '../../lab/network/namespace';
import type { TestLab } from './test-lab';

const IMAGE = 'debian-13-x64';

export interface Finding {
  readonly id: string;
  readonly severity: string;
  readonly finding: string;
}

/** What testssl.sh says of the site's TLS, asked from the client's network. Takes a minute. */
export async function scanTls(lab: TestLab, ...checks: string[]): Promise<Finding[]> {
  const layers = [await packageLayer(IMAGE, 'scanner', ['testssl.sh']), await baseImage(IMAGE)];
  const directory = await mkdtemp(join(tmpdir(), 'scale-up-scanner-'));
  try {
    for (const folder of OVERLAY_FOLDERS) await mkdir(join(directory, folder));
    const { domain, authority } = lab.access.site;
    await mkdir(join(directory, 'upper/scan'));
    if (authority) await copyFile(authority, join(directory, 'upper/scan/authority.pem'));
    const scan = ['testssl', '--quiet', '--color=0', '--warnings=off', '--jsonfile=/scan/findings.json'];
    const command = [...scan, '--add-ca=/scan/authority.pem', ...checks, `https://${domain}/`];
    await attempt([...inside(clientOf(lab.name)), ...inOverlay({ layers, directory }, command, true)]);
    return JSON.parse(await readFile(join(directory, 'upper/scan/findings.json'), 'utf8'));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
