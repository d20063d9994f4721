import type { Site } from '../stack/running-stack';
import type { Sample } from './sample';

/** What became of the writes: an acknowledged one must be there, exactly once. */
export interface Audit {
  readonly acknowledged: number;
  /** Keys of acknowledged writes that are not there, or under another number than the acknowledged one. */
  readonly lost: readonly string[];
  /** Keys that are there more than once. */
  readonly twice: readonly string[];
  /** How many acknowledged writes are gone that may be. */
  readonly setAside: number;
  /** Writes that were not acknowledged and are there all the same, as may be. */
  readonly unacknowledged: number;
}

/** A time, both ends in it. Milliseconds since 1970. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** A note of the sample application. */
export interface Note {
  readonly id: number;
  readonly text: string;
}

/**
 * @param notes what the database holds
 * @param window what was acknowledged then may be gone. @default - nothing may
 */
export function audit(samples: readonly Sample[], notes: readonly Note[], window?: Window): Audit {
  const ids = new Map<string, number[]>();
  for (const { id, text } of notes) ids.set(text, [...(ids.get(text) ?? []), id]);
  const writes = samples.filter(({ kind }) => kind === 'write');
  const keys = writes.map(({ key = '' }) => key);
  const acknowledged = writes.filter(({ outcome }) => outcome === 'ok');
  const gone = acknowledged.filter(({ key = '', id = -1 }) => !ids.get(key)?.includes(id));
  const mayBe = ({ done = 0 }: Sample) => window !== undefined && done >= window.from && done <= window.to;
  return {
    acknowledged: acknowledged.length,
    lost: gone.filter((sample) => !mayBe(sample)).map(({ key = '' }) => key),
    setAside: gone.filter(mayBe).length,
    twice: keys.filter((key) => (ids.get(key)?.length ?? 0) > 1),
    unacknowledged: writes.filter(({ key = '', outcome }) => outcome !== 'ok' && ids.has(key)).length,
  };
}

/** The notes of one load, asked of MySQL on the database droplet itself: its key is also its text. */
export async function notesOf(site: Site, load: string): Promise<Note[]> {
  const query = `SELECT id, text FROM app.notes WHERE text LIKE '${load}-%'`;
  const lines = await site.run('database-1', 'mysql', '--batch', '--skip-column-names', `--execute=${query}`);
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t'))
    .map(([id, text]) => {
      if (text === undefined) throw new Error(`MySQL answers with a note without text: "${id}".`);
      return { id: Number(id), text };
    });
}
