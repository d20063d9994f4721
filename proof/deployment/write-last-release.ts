import { writeFileSync } from 'node:fs';
import { FILE, reducedStacks } from './last-release';

/** A release begins with this: what is synthesized now is from then on what the next one is compared with. */
writeFileSync(FILE, `${JSON.stringify(reducedStacks())}\n`);
