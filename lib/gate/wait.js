/** How a gate waits: it says a line for each thing that changes, one each half minute, and in the end why it gives up. */
const { setTimeout: sleep } = require('node:timers/promises');
const { lastLines } = require('./log');
const { ask, urlOf } = require('./page');

/** Milliseconds. */
const EVERY = 1000;
const REMINDER = 30_000;
/** Without any news. A first boot may take this long, with its packages. */
const GIVE_UP = 15 * 60_000;

/**
 * Asks a page until all that is waited for is there.
 *
 * @param path of the page
 * @param look what the page says: a list of `name` and `words`, and whether that is `done`, or `failed` for good, or will be after
 *   `patience` ms; and the `address` of whom to ask why
 * @param rounds for which all has to be done, one after another
 * @returns `reason` why it never will be, and the one of the list that it is about; undefined when it is there
 */
async function wait(path, look, rounds = 1) {
  const began = Date.now();
  const seconds = () => `${Math.round((Date.now() - began) / 1000)} s`;
  /** Words by name, and since when they are so; and all that were ever said. */
  const known = new Map();
  const old = new Set();
  let news = began;
  let said = began;
  const say = (line) => {
    console.log(`${line} (${seconds()})`);
    said = Date.now();
  };
  for (let good = 0; good < rounds; await sleep(EVERY)) {
    const looks = await ask(path)
      .then((page) => understood(look, page))
      .catch(({ message }) => [{ name: urlOf(path), words: message }]);
    for (const { name, words } of looks) {
      if (known.get(name)?.words === words) continue;
      known.set(name, { words, since: Date.now() });
      say(`${name} ${words}`);
      // One that says the same things by turns has no news.
      if (!old.has(`${name} ${words}`)) news = Date.now();
      old.add(`${name} ${words}`);
    }
    const waited = ({ name }) => Date.now() - known.get(name).since;
    const lost = looks.find((one) => one.failed || waited(one) > (one.patience ?? Infinity));
    if (lost) return { ...lost, reason: `${lost.name}: ${lost.words}` };
    const [behind] = looks.filter(({ done }) => !done);
    good = behind ? 0 : good + 1;
    if (behind && Date.now() - news > GIVE_UP)
      return {
        ...behind,
        reason: `${behind.name} ${behind.words}, without any news for ${GIVE_UP / 60_000} minutes`,
      };
    if (behind && Date.now() - said > REMINDER) say(`still waiting: ${behind.name} ${behind.words}`);
  }
  return undefined;
}

/** @throws Error with words for a person that follow the page's address */
function understood(look, page) {
  try {
    return look(page);
  } catch {
    throw new Error('answers what is not from the load balancers');
  }
}

/** Ends the gate: well, or with the last lines of the one that it waited for, the reason and what to do next. */
async function end(waiting, advice) {
  const trouble = await waiting;
  if (!trouble) return;
  const { name, address, reason } = trouble;
  const lines = address ? await lastLines(address).catch(() => []) : [];
  if (lines.length > 0) console.log([`The log of ${name} says last:`, ...lines].join('\n  '));
  console.error(`${reason}. ${advice}`);
  process.exitCode = 1;
}

module.exports = { wait, end };
