import type { Action, NewAction, Work } from './action';
import type { Cloud } from './cloud';
import type { Table } from './store';

/** The action, which no call shows, that a thing takes to become what it is to be. `type` names its worker. */
export const becoming = (type: string, id: string): NewAction => ({
  type,
  resourceType: type,
  resourceId: null,
  region: '',
  subjects: [`${type}:${id}`],
  parameters: { id },
  isHidden: true,
});

/** Changes the thing when its time has come, if it is still there; a change to nothing takes it away. */
export const become =
  <T, I extends string>(
    cloud: () => Cloud,
    table: Table<string, T, I>,
    change: (thing: T) => T | undefined,
  ) =>
  ({ parameters }: Action): Work => ({
    hardware: async () => undefined,
    commit: () => {
      const id = String(parameters.id);
      const thing = cloud().of(table).get(id);
      const changed = thing && change(thing);
      if (changed) cloud().of(table).set(id, changed);
      else cloud().of(table).delete(id);
    },
  });
