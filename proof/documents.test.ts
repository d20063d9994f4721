import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const PROJECT = join(__dirname, '..');

const DOCUMENTS = ['.', 'docs', 'lab'].flatMap((folder) =>
  readdirSync(join(PROJECT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

const textOf = (document: string) => readFileSync(join(PROJECT, document), 'utf8');

/** Without what stands in blocks of code. */
const proseOf = (document: string) => textOf(document).replaceAll(/^ *```[\s\S]*?^ *```/gm, '');

/** What a heading is linked by, as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

const anchorsOf = (document: string) =>
  [...proseOf(document).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** Links to this repository's own files. */
const linksOf = (document: string) =>
  [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link));

/** Files and folders that are named as they stand in the repository. */
const pathsOf = (document: string) =>
  [
    ...proseOf(document).matchAll(
      /`((?:\.github|lib|lab|proof|__tests__|cloud-init|examples|docs)\/[\w./-]*)`/g,
    ),
  ].map(([, path = '']) => path);

test('are those that people read', () => {
  expect(DOCUMENTS).toEqual(expect.arrayContaining(['README.md', 'docs/operations.md', 'lab/README.md']));
  expect(linksOf('docs/operations.md').length).toBeGreaterThan(50);
  expect(pathsOf('docs/architecture.md').length).toBeGreaterThan(50);
});

test.each(DOCUMENTS)('every link of %s leads to a file, and to a heading in it', (document) => {
  const broken = linksOf(document).filter((link) => {
    const [path = '', anchor] = link.split('#');
    const file = path === '' ? join(PROJECT, document) : resolve(PROJECT, dirname(document), path);
    if (!existsSync(file)) return true;
    return (
      anchor !== undefined && file.endsWith('.md') && !anchorsOf(relative(PROJECT, file)).includes(anchor)
    );
  });
  expect(broken).toEqual([]);
});

test.each(DOCUMENTS)('every file that %s names is there', (document) => {
  const roots = [PROJECT, join(PROJECT, dirname(document))];
  const missing = pathsOf(document).filter((path) => !roots.some((root) => existsSync(join(root, path))));
  expect(missing).toEqual([]);
});
