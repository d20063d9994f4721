/** `${...}` of Terraform, without `$${`, which is text. */
const EXPRESSION = /(?<!\$)\$\{([^}]*)\}/;

/**
 * Whether a template of Terraform's may have given a text. What it refers to is looked up; what can't be known without Terraform, such as
 * a function's value, may have been anything.
 */
export function sameTemplate(
  template: string,
  text: string,
  lookUp: (reference: string) => unknown,
): boolean {
  /** The texts between what may be anything. */
  const known = [''];
  template.split(EXPRESSION).forEach((piece, i) => {
    const value = i % 2 === 0 ? literal(piece) : valueOfExpression(piece, lookUp);
    if (value === undefined) known.push('');
    else known[known.length - 1] += value;
  });
  const [first = '', ...others] = known;
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let place = first.length;
  for (const piece of others) {
    const found = text.indexOf(piece, place);
    if (found < 0) return false;
    place = found + piece.length;
  }
  return text.length - last.length >= place && text.endsWith(last);
}

/** The resources that a value refers to: `digitalocean_droplet.web-1`. */
export function referencesIn(value: unknown): string[] {
  const text = JSON.stringify(value) ?? '';
  const expressions = [...text.matchAll(new RegExp(EXPRESSION, 'g'))].map(
    ([, expression = '']) => expression,
  );
  return expressions.flatMap(
    (expression) => expression.match(/\b(?!var\.|local\.|data\.)[a-z]\w*\.[\w-]+/g) ?? [],
  );
}

function valueOfExpression(expression: string, lookUp: (reference: string) => unknown): string | undefined {
  const isReference = /^[\w-]+(\.[\w-]+)+$/.test(expression);
  const value = isReference ? lookUp(expression) : undefined;
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}

const literal = (text: string) => text.replaceAll('$${', '${').replaceAll('%%{', '%{');
