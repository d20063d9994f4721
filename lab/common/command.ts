import { extname } from 'node:path';

/** What a user types before a command of the lab: in the repository, where the lab is TypeScript, or with the package. */
export const COMMAND = extname(__filename) === '.ts' ? 'npm run lab --' : 'npx digitalocean-lab';
