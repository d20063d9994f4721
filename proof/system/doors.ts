import type { TestLab } from './test-lab';

/** Where each droplet listens, its loopback aside, such as "private tcp/80": what a droplet without its cloud firewall would show. */
export async function doors(lab: TestLab): Promise<Record<string, string[]>> {
  const found = (await lab.droplets()).map(async (droplet) => {
    const names = new Map([
      [droplet.publicIp, 'public'],
      [droplet.privateIp, 'private'],
      [droplet.anchorIp, 'anchor'],
      ['0.0.0.0', 'any'],
      ['[::]', 'any'],
    ]);
    const listening = ['ss', '--no-header', '--listening', '--tcp', '--udp', '--numeric'];
    const { stdout } = await lab.exec(droplet, listening);
    const sockets = [...stdout.matchAll(/^(tcp|udp) +\w+ +\d+ +\d+ +(\S+):(\d+) /gm)]
      .filter(([, , address = '']) => !/^(127\.|\[::1\])/.test(address))
      .map(([, protocol, address = '', port]) => `${names.get(address) ?? address} ${protocol}/${port}`);
    return [droplet.name, [...new Set(sockets)].sort()] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}
