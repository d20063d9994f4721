/**
 * Waits until app servers run a release, and ends with the reason when one of them refuses it. Terraform runs it between the first app
 * server and the others, and at the end.
 *
 * ADDRESS  the Reserved IP
 * RELEASE  the tag or digest
 * DROPLETS name=private address, with a comma between them
 * UNTIL    "serves": visitors are led to it; "steady": and it has proven itself
 */
const { end, wait } = require('./wait');

const { RELEASE, DROPLETS, UNTIL } = process.env;
/** Milliseconds, with a registry that is away for a moment; the droplet itself goes on asking. */
const PATIENCE_WITH_REGISTRY = 60_000;

/** What a droplet is doing, from what it told. */
function lookAt(told) {
  if (!told) return { words: 'has not told anything yet' };
  const { wants, serves, phase, trouble } = told;
  if (wants !== RELEASE) return { words: 'has not asked for it yet' };
  if (phase === 'failed') return { words: trouble, failed: true };
  if (phase === 'pulling' && trouble) return { words: trouble, patience: PATIENCE_WITH_REGISTRY };
  if (phase === 'pulling') return { words: 'pulls it' };
  if (serves === RELEASE && phase === 'steady') return { words: 'serves it', done: true };
  if (serves === RELEASE)
    return { words: 'serves it; the one before stands by for a while', done: UNTIL === 'serves' };
  return { words: trouble ?? 'has started it, and waits until it is healthy' };
}

/** By address: one that is being replaced has the name of its successor, and what it makes of the release is no matter any more. */
function lookFor(pair, releases) {
  const [name, own] = pair.split('=');
  return {
    name,
    address: own,
    ...lookAt(releases.find(({ address, droplet }) => address === own && droplet)),
  };
}

end(
  wait('/-/releases', (releases) => DROPLETS.split(',').map((pair) => lookFor(pair, releases))),
  'On that droplet `journalctl -t app` knows more, and docs/your-app.md says what each line means.',
);
