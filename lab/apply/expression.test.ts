import fc from 'fast-check';
import { evaluate, type Scope } from './evaluate';
import { parseTemplate } from './parser';
import { Terraform } from './terraform';
import { Deployment } from './testing/deployment';
import { hasTerraform } from './testing/providers';
import { UNKNOWN, type Value } from './value';

const values: Record<string, Value> = {
  'var.name': 'web',
  'var.none': null,
  'local.ports': [80, 443],
  'digitalocean_droplet.web-1': { id: '7', ipv4_address: UNKNOWN, tags: ['a', 'b'] },
};

const scope: Scope = ({ address, attribute }) => {
  const value = values[address] ?? null;
  return attribute === undefined ? value : ((value as Record<string, Value>)[attribute] ?? null);
};

const read = (template: string) => evaluate(parseTemplate(template), scope);

test.each<[string, Value]>([
  ['plain', 'plain'],
  ['${var.name}', 'web'],
  ['a ${var.name} b', 'a web b'],
  ['${digitalocean_droplet.web-1.id}', '7'],
  ['${digitalocean_droplet.web-1.tags[1]}', 'b'],
  ['${local.ports[0]}', 80],
  ['port ${local.ports[1]}', 'port 443'],
  ['${[1, "x", true, null]}', [1, 'x', true, null]],
  ['${{a = 1, "b": var.name}}', { a: 1, b: 'web' }],
  ['${"quoted \\"${var.name}\\" \\u00e9\\n"}', 'quoted "web" \u00e9\n'],
  ['${var.name == "web" && !(1 > 2) ? "yes" : "no"}', 'yes'],
  ['${1 < 2 || false}', true],
  ['${var.none == null}', true],
  ['${can(regex("^[!-~]+$", "a b"))}', false],
  ['${regex("[0-9]+", "ab123c")}', '123'],
  ['${nonsensitive("a secret")}', 'a secret'],
  ['${jsonencode({b = "<&>", a = [1, null]})}', '{"a":[1,null],"b":"\\u003c\\u0026\\u003e"}'],
  ['\\n is no escape outside of quotes', '\\n is no escape outside of quotes'],
])('%s has the value %j', (template, value) => {
  expect(read(template)).toEqual(value);
});

test('what rests on something unknown is unknown', () => {
  const unknown = '${digitalocean_droplet.web-1.ipv4_address}';
  expect(read(unknown)).toBe(UNKNOWN);
  expect(read(`a${unknown}`)).toBe(UNKNOWN);
  expect(read('${jsonencode(digitalocean_droplet.web-1)}')).toBe(UNKNOWN);
  expect(read('${digitalocean_droplet.web-1.ipv4_address == ""}')).toBe(UNKNOWN);
  expect(read('${[digitalocean_droplet.web-1.ipv4_address, 1]}')).toEqual([UNKNOWN, 1]);
});

test.each([
  ['${', 'something else was expected at the end'],
  ['${var.name', '"}" was expected at the end'],
  ['${var}', '"var" names nothing at "}"'],
  ['%{ if true }x%{ endif }', 'template directives (%{) are not supported at "%{ if true }x%{ endif }"'],
  ['${~ var.name ~}', 'strip markers (${~) are not supported'],
  ['${local.ports[*]}', 'splat expressions ([*]) are not supported'],
  ['${[for x in local.ports : x]}', '"for" names nothing'],
  ['${module.other.x}', 'references to module are not supported'],
  ['${1 + 2}', '"}" was expected at "+ 2}"'],
])('%s is refused: %s', (template, message) => {
  expect(() => parseTemplate(template)).toThrow(message);
});

test.each([
  ['x${var.none}', "null can't be part of a string"],
  ['x${local.ports}', "a list can't be part of a string"],
  ['${local.ports[2]}', 'a list of 2 has no element 2'],
  ['${local.ports.first}', 'a list has no element "first"'],
  ['${var.name ? 1 : 2}', 'true or false was expected, not a string'],
  ['${regex("(?i)a", "A")}', 'the pattern "(?i)a" is not supported'],
  ['${upper("a")}', 'the function upper is not supported'],
])('%s has no value: %s', (template, message) => {
  expect(() => read(template)).toThrow(message);
});

const withTerraform = hasTerraform ? test : test.skip;
const notRun = hasTerraform ? '' : ' (not run: there is no terraform here)';

/** Strings made of what means something in templates. */
const nasty = fc
  .array(
    fc.constantFrom('$', '%', '{', '}', '$${', '%%{', '"', '\\', '\n', '~', ' ', 'a', 'e\u0301', '\u00e9'),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''));

/** What Terraform makes of these templates. */
async function ofTerraform(templates: readonly string[]): Promise<unknown[]> {
  const deployment = await Deployment.start();
  const terraform = { backend: { local: {} } };
  const locals = Object.fromEntries(templates.map((template, i) => [`text_${i}`, template]));
  const output = Object.fromEntries(
    Object.keys(locals).map((name) => [name, { value: `\${local.${name}}` }]),
  );
  try {
    const { outputs } = await new Terraform(deployment.target({ terraform, locals, output })).apply();
    return Object.keys(locals).map((name) => outputs[name]);
  } finally {
    await deployment.end();
  }
}

withTerraform(`nasty strings, escaped, arrive byte for byte as with Terraform${notRun}`, async () => {
  const texts = fc.sample(nasty, { numRuns: 400, seed: 1 });
  const templates = texts.map((text) => text.replace(/([$%])\{/g, '$1$1{'));
  const truth = await ofTerraform(templates);
  expect(templates.map(read)).toEqual(truth);
  expect(truth).toEqual(texts.map((text) => text.normalize('NFC')));
});

withTerraform(`expressions have the values that Terraform gives them${notRun}`, async () => {
  const expressions = [
    '${"a$$b %% $${x} %%{y}"}',
    '$$$${a} %%%{b} $${',
    '${"x"}}',
    '${"a${"b${1}"}c"}',
    '${true}${1.50}',
    '${jsonencode("a\u2028<b>&\\"\\n\\u0001\u00e9")}',
    '${jsonencode({z = [1.5, true, null], "a b" = {}})}',
    '${regex("^[!-~]+$", "dop_v1_x")}',
    '${can(regex("^[a-z]{2,3}$", "abcd")) ? "yes" : "no"}',
    '${1 == 1 && 2 != 3 || false ? "yes" : "no"}',
    '${1 < 2 == true ? "yes" : "no"}',
    '${!true || 3 >= 3 ? [1, "b"][1] : "no"}',
    '${{a = {b = "deep"}}.a.b}',
    '${{a = "by key"}["a"]}',
    '${"false" ? "yes" : "no"}',
  ];
  expect(expressions.map(read)).toEqual(await ofTerraform(expressions));
});
