/** DigitalOcean's API for tests of programs that call it: see README.md. */
export { type Account, type Call, type Emulator, type EmulatorOptions, startEmulator } from './api/emulator';
export type { FaultSpec } from './api/server/faults';
export type { Token } from './api/server/scopes';
export type { ServerProbe } from './instance/server-states';
