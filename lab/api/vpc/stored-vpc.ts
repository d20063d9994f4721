import { Table } from '../server/store';

export interface Vpc {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly region: string;
  readonly ipRange: string;
  readonly isDefault: boolean;
  readonly createdAt: string;
}

export const VPCS = new Table<string, Vpc>('vpcs');
