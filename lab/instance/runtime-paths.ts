import { join } from 'node:path';

/** Where a lab's processes meet: gone after a reboot of the machine, as the processes are. */
export const runtimeOf = (lab: string) => join('/run/digitalocean-lab', lab);

/** Held by whoever starts the lab or takes it down. */
export const lockOf = (lab: string) => `/run/lock/digitalocean-lab-of-${lab}`;

/** Is there while somebody wants the lab taken down: who is just starting it gives up. A lab's name has no dot. */
export const downRequest = (lab: string) => `${runtimeOf(lab)}.down`;

/** The lab's process listens here for the command line. */
export const controlSocket = (lab: string) => join(runtimeOf(lab), 'control.sock');

/** Process id of the lab's process. */
export const processFile = (lab: string) => join(runtimeOf(lab), 'process');

/** What the lab's process wrote, for when it died. */
export const logFile = (lab: string) => join(runtimeOf(lab), 'log');

/** What the lab's registry wrote, if it has one. */
export const registryLog = (lab: string) => join(runtimeOf(lab), 'registry.log');

/** PEM file of the root that signs the site's certificate: for whoever visits the site in the lab. */
export const siteAuthority = (lab: string) => join(runtimeOf(lab), 'site-authority.pem');

/** What the certificate authority wrote. */
export const authorityLog = (lab: string) => join(runtimeOf(lab), 'authority.log');

/** What the object store wrote, if the lab has one. */
export const objectStoreLog = (lab: string) => join(runtimeOf(lab), 'object-store.log');

/** Everything that happened, as JSON lines. */
export const eventsFile = (lab: string) => join(runtimeOf(lab), 'events.jsonl');

/** What a command needs besides, to mean this lab: none does for the one that is called "lab". */
export const optionOf = (lab: string): string => (lab === 'lab' ? '' : ` --name ${lab}`);
