/**
 * What the gates of new droplets have in common. Each is passed twice: once they are fit to be used, and once everybody has moved to them.
 *
 * ADDRESS  the Reserved IP
 * DROPLETS name=private address, with a comma between them
 * UNTIL    "fit", or what the gate understands by having moved
 */
const { end, wait } = require('./wait');

const { DROPLETS, UNTIL } = process.env;
/** Name and private address of each. */
const droplets = DROPLETS.split(',').map((pair) => pair.split('='));
/** One after another, as HAProxy's own checks want to see: one good answer may be luck. */
const ROUNDS = 3;

/** Waits until all is done that `fit` or `moved` make of what the load balancers tell. */
function pass(fit, moved) {
  end(
    wait('/-/changes', UNTIL === 'fit' ? fit : moved, ROUNDS),
    UNTIL === 'fit'
      ? 'Those that serve now go on serving. `scale-up status` on that droplet says what it lacks; docs/changes.md says how to go on or back.'
      : 'Nothing was destroyed. docs/changes.md says how to go on or back.',
  );
}

module.exports = { droplets, pass };
