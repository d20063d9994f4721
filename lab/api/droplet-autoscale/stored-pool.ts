import { Table } from '../server/store';

interface Event {
  readonly id: string;
  readonly before: number;
  readonly after: number;
  readonly reason: 'CONFIGURATION_CHANGE' | 'SCALE_UP' | 'SCALE_DOWN';
  readonly at: string;
}

/** In the settings names are as calls have them. */
export interface AutoscalePool {
  readonly id: string;
  readonly name: string;
  readonly config: Readonly<Record<string, number>>;
  readonly template: Readonly<Record<string, unknown>>;
  /** Droplets that it made; they may be gone meanwhile. */
  readonly members: readonly number[];
  /** Oldest first. */
  readonly history: readonly Event[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const AUTOSCALE_POOLS = new Table<string, AutoscalePool>('autoscale_pools');
