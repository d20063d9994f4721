import { BASELINES } from './baseline';
import type { Control, Kind } from './control';

/** Ends what one command printed; no command prints it by itself. */
const END = '\x1e';

/** The controls that a droplet of this kind has to pass. */
function controlsOf(kind: Kind): Control[] {
  return BASELINES.flatMap(({ controls }) => controls).filter(({ check }) => check?.on.includes(kind));
}

/** A bash script that runs all checks of a droplet, each in a shell of its own. */
export function checkScript(kind: Kind): string {
  const commands = controlsOf(kind).map(
    ({ check }) => `(\n${check?.command}\n) 2>&1 </dev/null; printf '\\x1e'`,
  );
  return commands.join('\n');
}

/** The controls that fail by what the script printed: one sentence each. */
export function failures(kind: Kind, printed: string): string[] {
  const answers = printed.split(END).slice(0, -1);
  return controlsOf(kind).flatMap(({ id, asks, check }, index) => {
    const answer = answers[index]?.trimEnd();
    return answer === check?.prints ? [] : [`${id} (${asks}): prints ${JSON.stringify(answer)}`];
  });
}
