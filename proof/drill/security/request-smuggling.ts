import type { Drill } from '../run/experiment';

export default {
  number: 25,
  title: 'Requests that HAProxy, Nginx and the application might understand differently',
  hypothesis:
    'Each is refused, or arrives as one well-framed request that HAProxy has seen as such; nobody else gets its answer.',
  limits: { failed: 0, unknown: 0, moves: 0 },
  calm: 5,
  async method(lab) {
    const begun = Date.now();
    const said = await lab.smuggle();
    await lab.wait(1);
    const seen = await lab.journal(lab.active, 'haproxy', begun);
    const arrived = (
      await Promise.all(['app-1', 'app-2'].map((name) => lab.journal(name, 'app', begun)))
    ).flat();
    const count = (lines: typeof seen, path: string) =>
      lines.filter(({ text }) => new RegExp(`${path}(?!\\d)`).test(text)).length;
    for (const { name, word, statuses } of said) {
      await lab.expect(
        `${name}: refused or one request (answers: ${statuses.join(', ') || 'none'})`,
        async () =>
          [`/case-${word}`, `/hidden-${word}`].every((path) => {
            const [byHaproxy, byApp] = [count(seen, path), count(arrived, path)];
            return byApp <= byHaproxy && byHaproxy <= 1;
          }),
      );
    }
  },
} satisfies Drill;
