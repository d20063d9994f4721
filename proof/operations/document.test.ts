import { isPrinted, sectionsOf } from './document';

const BOOK = `# A book

## Grow the volume

In \`main.ts\`:

\`\`\`ts
database: { volumeSize: 40 },
\`\`\`

1. Deploy:

   \`\`\`sh
   npm run deploy
     # a comment
   \`\`\`

   On the database droplet, once that is done:

   \`\`\`sh
   df -h
   \`\`\`
   \`\`\`text
   40G
   \`\`\`

### Hand over

Where the other one is ready. On \`load-balancer-1\`:

\`\`\`sh
scale-up handover
\`\`\`

\`\`\`
not a step
\`\`\`

## Look

\`\`\`sh
npm run output
\`\`\`
`;

test('a document is read as its headings, with settings, commands and what they print', () => {
  expect(sectionsOf(BOOK)).toEqual([
    {
      heading: 'Grow the volume',
      steps: [
        { kind: 'ts', text: 'database: { volumeSize: 40 },' },
        { kind: 'sh', text: 'npm run deploy\n  # a comment', place: undefined },
        { kind: 'sh', text: 'df -h', place: 'the database droplet' },
        { kind: 'text', text: '40G' },
      ],
    },
    { heading: 'Hand over', steps: [{ kind: 'sh', text: 'scale-up handover', place: 'load-balancer-1' }] },
    { heading: 'Look', steps: [{ kind: 'sh', text: 'npm run output', place: undefined }] },
  ]);
});

test('what is printed is looked for line by line, in order, with three dots for anything', () => {
  const output = 'Nov 29 is up\nweb: 10.20.0.5:80 is DOWN (L4CON)\nthe end\n';
  expect(isPrinted('web: ... is DOWN (...)\nend', output)).toBe(true);
  expect(isPrinted('is up', output)).toBe(true);
  for (const other of ['the end\nis up', 'web: ... is UP', 'DOWN ... web', 'is up\nis up'])
    expect([other, isPrinted(other, output)]).toEqual([other, false]);
});
