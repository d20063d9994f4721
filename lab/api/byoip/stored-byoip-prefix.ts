import { Table } from '../server/store';

export interface ByoipPrefix {
  readonly id: string;
  readonly prefix: string;
  readonly region: string;
  readonly status: 'in_progress' | 'active';
  readonly isAdvertised: boolean;
}

export const BYOIP_PREFIXES = new Table<string, ByoipPrefix>('byoip_prefixes');
