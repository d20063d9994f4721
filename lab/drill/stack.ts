import { join } from 'node:path';

/** A stack that drills can be run on. */
export interface Stack {
  readonly name: string;
  /** The command that synthesizes it. */
  readonly app: string;
  /** A path of the site that answers 200 once nothing is missing. */
  readonly whole: string;
  /** Shell command for a load balancer: ends with 0 when nothing is missing, else says what is. */
  readonly check: string;
  /** Shell command for a load balancer: it forgets earlier moves of the Reserved IP, so that runs don't depend on each other. */
  readonly reset: string;
  /** Who notices that the active load balancer is gone, and the words that say so in its journal. */
  readonly detection: { readonly unit: string; readonly line: RegExp };
}

const program = (file: string) => `node --require ts-node/register ${join('lab', 'drill', file)}`;

export const ours: Stack = {
  name: 'ours',
  app: program('main.ts'),
  whole: '/-/redundancy',
  check: [
    '. /run/scale-up/addresses.env',
    'curl --silent --show-error --fail-with-body --max-time 3 "http://$PRIVATE_IP:8404/-/redundancy"',
    'scale-up status | grep -Eqx "(holder|reserved_ip_seen): true" || { echo "Reserved IP not seen"; exit 1; }',
  ].join(' && '),
  // Its cool-off grows with each move.
  reset: 'systemctl restart scale-up-reserved-ip',
  detection: { unit: 'scale-up-reserved-ip', line: /bad \d+ times running$/ },
};
