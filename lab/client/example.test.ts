import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** That what it says works is shown by `npm run test:clients -- examples`. */
test('README.md shows the workflow of the examples as it is', () => {
  const workflow = readFileSync(join(__dirname, '../../examples/ci/github-actions.yml'), 'utf8');
  const readme = readFileSync(join(__dirname, '../README.md'), 'utf8');
  expect(readme).toContain(`\`\`\`yaml\n${workflow}\`\`\`\n`);
});
