import { existsSync } from 'node:fs';
import type { DropletSpec } from '../../api/server/hardware';
import { run } from '../../common/run';
import { createNetwork } from '../../network/network';
import { sweep as sweepNetwork } from '../../network/sweep';
import { Droplets } from '../droplets';
import { sweep } from '../sweep';

/** Droplets on a network that leads nowhere. */
export class World {
  private constructor(
    readonly lab: string,
    readonly droplets: Droplets,
  ) {}

  static async create(name: string, certificate?: string): Promise<World> {
    const lab = `test-${name}-${process.pid}`;
    const wiring = await createNetwork(lab);
    return new World(lab, new Droplets({ lab, wiring, certificates: certificate ? [certificate] : [] }));
  }

  /** Boots a droplet and waits until cloud-init is done. */
  async boot(spec: DropletSpec): Promise<void> {
    await this.droplets.createDroplet(spec);
    await this.untilUp(spec.id);
  }

  /** Waits until a droplet has finished booting; resolves to the state that systemd sees it in. */
  async untilUp(id: number): Promise<string> {
    await this.sh(id, 'until [ -S /run/dbus/system_bus_socket ]; do sleep 0.1; done');
    await this.sh(id, 'cloud-init status --wait');
    return this.sh(id, 'systemctl is-system-running --wait || true');
  }

  /** Runs a line of shell in a droplet; resolves to what it wrote. Rejects when it fails. */
  async sh(id: number, line: string): Promise<string> {
    return (await run([...this.droplets.get(id).enter(), 'sh', '-ec', line])).trim();
  }

  /** What is left of a lab's droplets and volumes on this machine. */
  static async remainsOf(lab: string): Promise<string> {
    const places = ['/var/lib/digitalocean-lab', '/run/digitalocean-lab'].map((folder) => `${folder}/${lab}`);
    const groups = await run([
      'sh',
      '-c',
      `ls -d /sys/fs/cgroup/digitalocean-lab/${lab} /sys/fs/cgroup/*/digitalocean-lab/${lab} 2>/dev/null || true`,
    ]);
    const traces = await run([
      'sh',
      '-c',
      `{ grep -v /run/netns/ /proc/mounts; losetup --list; ps -eo args; ls -R /run/systemd/nspawn; } | grep -F '${lab}' | grep -v grep || true`,
    ]);
    return [...places.filter((place) => existsSync(place)), groups, traces].join('');
  }

  async close(): Promise<void> {
    await sweep(this.lab);
    await sweepNetwork(this.lab);
  }
}
