import { Table } from '../server/store';

export interface Certificate {
  readonly id: string;
  readonly name: string;
  readonly type: 'custom' | 'lets_encrypt';
  readonly state: 'pending' | 'verified';
  readonly dnsNames: readonly string[];
  readonly notAfter: string;
  /** Hexadecimal. */
  readonly sha1: string;
  readonly createdAt: string;
}

export const CERTIFICATES = new Table<string, Certificate>('certificates');
