/**
 * Waits until the new droplets of a tier serve, or until everybody who asks that tier asks them and nobody else. Terraform runs it before
 * it leads visitors to them, and before it destroys those that they replace.
 *
 * TIER     "web" or "app"
 * UNTIL    "fit": each serves, as the load balancers see it; "moved": each is asked, and no other
 *
 * The rest is in droplets.js.
 */
const { droplets, pass } = require('./droplets');

const { TIER } = process.env;
const wanted = droplets.map(([, address]) => address);

/** Of each new droplet, whether it serves. */
function fit({ [TIER]: servers }) {
  return droplets.map(([name, address]) => {
    const found = servers.find((server) => server.address === address);
    if (!found) return { name, words: 'is not known to the load balancers yet' };
    return { name, address, words: found.trouble ?? 'serves', done: found.trouble === null };
  });
}

/** Of each who asks this tier, whether it asks the new droplets and nobody else. */
function moved(page) {
  return readers(page).map(({ droplet, address, asks }) => ({
    // One that is being replaced as well has the name of its successor.
    name: droplet ? `${droplet} (${address})` : address,
    address,
    ...follow(asks),
  }));
}

/** The web tier's servers are asked by the load balancers, the app tier's by the web servers. */
function readers({ load_balancers, web }) {
  return TIER === 'web' ? load_balancers.filter(({ used, holder }) => used || holder) : web;
}

function follow(asks) {
  // When it is back it begins by asking for the names.
  if (!asks) return { words: 'does not answer, and so asks nobody', done: true };
  const { [TIER]: asked } = asks;
  if (!asked) return { words: 'does not know yet whom it asks' };
  const lacking = wanted.filter((address) => !asked.includes(address));
  const left = asked.filter((address) => !wanted.includes(address));
  if (lacking.length > 0) return { words: `does not ask ${lacking.join(' and ')} yet` };
  if (left.length > 0) return { words: `asks the new ones, and still ${left.join(' and ')}` };
  return { words: 'asks the new ones alone', done: true };
}

pass(fit, moved);
