import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sectionsOf } from './document';
import { STORIES } from './stories';

test.each(Object.entries(STORIES))(
  'every page of %s that has commands is done in a lab',
  (document, stories) => {
    const sections = sectionsOf(readFileSync(join(__dirname, '../..', document), 'utf8'));
    const withCommands = sections.filter(({ steps }) => steps.some(({ kind }) => kind === 'sh'));
    expect(Object.keys(stories)).toEqual(withCommands.map(({ heading }) => heading));
  },
);
