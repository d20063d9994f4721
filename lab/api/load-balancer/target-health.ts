import type { Cloud } from '../server/cloud';
import { Table } from '../server/store';

/** Droplets that whoever looks finds unhealthy. */
export const UNHEALTHY = new Table<number, true>('unhealthy');

/** What load balancers and autoscale pools find when they look at droplets: all healthy, but those that were said not to be. */
export class TargetHealth {
  constructor(private readonly cloud: Cloud) {}

  isHealthy(dropletId: number): boolean {
    return !this.cloud.of(UNHEALTHY).has(dropletId);
  }

  set(dropletId: number, isHealthy: boolean): void {
    const { cloud } = this;
    cloud.store.transaction(() => {
      if (isHealthy) cloud.of(UNHEALTHY).delete(dropletId);
      else cloud.of(UNHEALTHY).set(dropletId, true);
    });
    cloud.changed();
  }
}
