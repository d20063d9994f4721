/**
 * Waits until the new load balancers could serve, or until one of them has taken the place of its predecessor. Terraform runs it before
 * a load balancer gets its name, by which it may hold the Reserved IP, and before it destroys the one that had that name.
 *
 * UNTIL    "fit": each is ready, and has a certificate where the one that serves has one; or the name of one, as "load-balancer-1": the
 *          load balancers know it by that name, and one that has a name holds the Reserved IP
 *
 * The rest is in droplets.js.
 */
const { droplets, pass } = require('./droplets');

const { UNTIL } = process.env;

function fit({ load_balancers: known }) {
  const serving = known.find(({ holder }) => holder);
  return droplets.map(([name, address]) => {
    const words = lacks(
      known.find((each) => each.address === address),
      serving,
    );
    return { name, address, words: words ?? 'is ready', done: words === undefined };
  });
}

/** What a load balancer lacks to take the place of the one that serves. */
function lacks(one, serving) {
  if (!one) return 'is not known to the load balancer that serves yet';
  if (!one.asks) return one.trouble || 'runs, but its scale-up-reserved-ip.service does not answer';
  if (!one.ready)
    return ['is not ready: no web server is up as it sees it', one.trouble].filter(Boolean).join('; ');
  if (serving?.certificate_valid && !one.certificate_valid) return one.certificate_trouble;
  return undefined;
}

/** Of each that may serve, whether it knows the new one and no other by the name; and whether the Reserved IP is where it should be. */
function moved({ load_balancers: known }) {
  const [[, address]] = droplets;
  const followers = known
    .filter(({ used, holder, asks }) => asks && (used || holder))
    .map(({ droplet, address: own, knows }) => ({
      name: `${droplet} (${own})`,
      address: own,
      ...follow(knows[UNTIL] ?? [], address),
    }));
  const holder = known.find((each) => each.holder);
  const at = holder ? `${holder.droplet} (${holder.address})` : 'nobody';
  const done = holder?.used === true;
  return [
    ...followers,
    { name: 'The Reserved IP', words: `is at ${at}${done ? '' : ', which has to hand it over'}`, done },
  ];
}

function follow(knows, address) {
  const done = knows.length === 1 && knows[0] === address;
  return { words: done ? `knows the new ${UNTIL}` : `does not know the new ${UNTIL} yet`, done };
}

pass(fit, moved);
