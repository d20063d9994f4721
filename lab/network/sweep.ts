import { rm } from 'node:fs/promises';
import { configurationOf } from './fabric';
import { belongsTo, checkLabName } from './link-names';
import { namespaces, processesIn, removeNamespace } from './namespace';

/**
 * Removes all that a lab's network consists of, also what a killed lab left: processes in its namespaces (other than
 * this one), the namespaces with their links and filters, and their configuration files. Finds nothing: does nothing.
 */
export async function sweep(lab: string): Promise<void> {
  checkLabName(lab);
  const own = (await namespaces()).filter((namespace) => belongsTo(lab, namespace));
  await Promise.all(
    own.map(async (namespace) => {
      for (const id of await processesIn(namespace)) if (id !== process.pid) end(id);
      await removeNamespace(namespace);
      await rm(configurationOf(namespace), { recursive: true, force: true });
    }),
  );
}

function end(processId: number): void {
  try {
    process.kill(processId, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}
