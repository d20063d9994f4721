import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { OPENAPI } from './clients';

/** Writes server/published-calls.ts anew: `npx ts-node lab/api/compatibility/published.ts FOLDER`, of DigitalOcean's openapi repository. */

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

function publishedCalls(folder: string): string {
  const document = parse(readFileSync(join(folder, 'specification/DigitalOcean-public.v2.yaml'), 'utf8'));
  const paths = Object.entries<object>(document.paths).filter(([path]) => path.startsWith('/v2/'));
  const lines = paths.map(([path, calls]) => {
    const methods = METHODS.filter((method) => method in calls).map((method) => method.toUpperCase());
    return `${path.replace(/\{(\w+)\}/g, ':$1')} ${methods.join(' ')}`;
  });
  return `/** Every call of the API in DigitalOcean's published document, as of commit ${OPENAPI.commit.slice(0, 7)}; made by compatibility/published.ts. */
export const PUBLISHED_CALLS = \`
${lines.join('\n')}
\`;
`;
}

if (require.main === module)
  writeFileSync(join(__dirname, '../server/published-calls.ts'), publishedCalls(process.argv[2] ?? '.'));
