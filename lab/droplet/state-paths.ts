import { join } from 'node:path';

/** Where everything of a lab lies that must survive its processes; the lab's name tells it from other labs. */
export function stateOf(lab: string): string {
  return join('/var/lib/digitalocean-lab', lab);
}

export function dropletDirectory(lab: string, id: number): string {
  return join(stateOf(lab), 'droplets', String(id));
}

/** A volume's content: a sparse file of the volume's size. */
export function volumeFile(lab: string, id: string): string {
  return join(stateOf(lab), 'volumes', `${id}.img`);
}
