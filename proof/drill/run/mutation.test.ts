import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { API_DELAY, plans } from '../plan';
import { MUTATIONS, mutationOf } from './mutation';

const ours = plans([]).filter(({ stack, name }) => stack.name === 'ours' && name !== API_DELAY);

test('for every drill there is a way to take out what it tests', () => {
  expect(ours.filter(({ name, drill }) => !mutationOf(name, drill.variant)).map(({ key }) => key)).toEqual(
    [],
  );
});

test('no mutation is left over from a drill that was renamed', () => {
  const names = ours.flatMap(({ name, drill }) => [name, `${name}/${drill.variant}`]);
  expect(Object.keys(MUTATIONS).filter((name) => !names.includes(name))).toEqual([]);
});

test.each(Object.entries(MUTATIONS))('the script against %s is one for sh', (_, { script }) => {
  expect(spawnSync('sh', ['-n'], { input: script }).stderr.toString()).toBe('');
});

test.each(Object.entries(MUTATIONS))('what is edited against %s is there', (_, { script }) => {
  const edits = [...script.matchAll(/sed -i -E '(s~.*?~.*?~)' (\/\S+)/gs)];
  expect(edits.length).toBe(script.split('sed -i').length - 1);
  for (const [, edit = '', path = ''] of edits) {
    const file = [
      'load-balancer',
      'web',
      'sample-app',
      'container-app',
      'database',
      'database-backups',
      'every-droplet',
    ]
      .map((folder) => join(__dirname, '../../../cloud-init', folder, path))
      .find((candidate) => existsSync(candidate));
    const text = readFileSync(file ?? path, 'utf8');
    const { status, stdout } = spawnSync('sed', ['-E', edit], { input: text });
    expect(status).toBe(0);
    expect(stdout.toString()).not.toBe(text);
  }
});
