import { notImplemented } from './errors';
import type { Hardware } from './hardware';

const done = async () => undefined;

/** Hardware that does nothing, at once: the API alone. */
export const recordsOnly: Hardware = {
  createDroplet: done,
  destroyDroplet: done,
  rebuildDroplet: done,
  resizeDroplet: done,
  renameDroplet: done,
  powerOn: done,
  powerOff: done,
  shutdown: done,
  reboot: done,
  createVolume: done,
  destroyVolume: done,
  resizeVolume: done,
  attachVolume: done,
  detachVolume: done,
  assignReservedIp: done,
  setFirewalls: done,
};

/** @throws 501 where droplets really run, for what would be a record that no packet ever meets */
export function refuseOnHardware({ isRecordsOnly }: { readonly isRecordsOnly: boolean }, what: string): void {
  if (!isRecordsOnly) throw notImplemented(`${what}, where Droplets really run,`);
}
