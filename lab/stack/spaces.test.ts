import { needsSpaces } from './spaces';

const stack = (terraform: object) => ({ name: 'a', configuration: '', terraform });
const file = (content: string) => [{ path: '/etc/app.env', content }];

test.each([
  ['a bucket', { resource: { digitalocean_spaces_bucket: { a: {} } } }, []],
  ['a key that is looked up', { data: { digitalocean_spaces_key: { a: {} } } }, []],
  ['an output', { output: { url: { value: 'https://fra1.digitaloceanspaces.com/a' } } }, []],
  ['a file of the user data, however it is packed', {}, file('STORE=a.fra1.digitaloceanspaces.com\n')],
])('a stack needs Spaces when %s is about it', (_, terraform, files) => {
  expect(needsSpaces(stack(terraform), { files })).toBe(true);
});

test('a stack that does not speak of it needs none', () => {
  const terraform = { resource: { digitalocean_droplet: { a: { name: 'spaces' } } } };
  expect(needsSpaces(stack(terraform), { files: file('STORE=s3.example.com\n') })).toBe(false);
});
