/**
 * The words of a command that comes before whatever else this machine does: what stands for the rest of the world must not be slow because
 * droplets are busy. It must be the first of its session, since Linux shares the processors out by session (sched_autogroup).
 */
export const ahead = (words: readonly string[]): string[] => [
  'sh',
  '-c',
  '{ echo -10 >/proc/self/autogroup; } 2>/dev/null; exec "$@"',
  'sh',
  ...words,
];
