import type { Events } from '../common/events';
import type { AccountOptions } from './account/account-options';
import type { FirewallSync } from './firewall/firewall-sync';
import type { TargetHealth } from './load-balancer/target-health';
import type { Actions } from './server/action';
import type { Cloud } from './server/cloud';
import type { Hardware } from './server/hardware';

/** What the files of the resources work with. */
export interface Api {
  readonly cloud: Cloud;
  readonly actions: Actions;
  readonly hardware: Hardware;
  /** Nothing stands behind the records. */
  readonly isRecordsOnly: boolean;
  readonly firewalls: FirewallSync;
  readonly health: TargetHealth;
  readonly events: Events;
  readonly options: ApiOptions;
}

export interface ApiOptions {
  readonly account: AccountOptions;
  /** Milliseconds after a droplet became active until its addresses show. @default 0 */
  readonly addressDelay: number;
  /**
   * Lists Reserved IPs in projects as `do:floatingip:` whatever they were assigned as, and refuses (412) to move one that is
   * assigned, as users report of DigitalOcean: no plan with a Reserved IP in a project is ever empty then.
   * @default false: by the name they were assigned as
   */
  readonly strictProjects: boolean;
}
