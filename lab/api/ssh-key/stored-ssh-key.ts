import { Table } from '../server/store';

export interface SshKey {
  readonly id: number;
  readonly fingerprint: string;
  readonly publicKey: string;
  readonly name: string;
}

export const SSH_KEYS = new Table<number, SshKey>('ssh_keys');
