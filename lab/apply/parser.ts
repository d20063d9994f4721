import type { BinaryOperator, Expression } from './expression';

/** Weakest first, as Terraform binds them. */
const PRECEDENCE: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
];

const CONSTANTS: Readonly<Record<string, null | boolean>> = { true: true, false: false, null: null };

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

/** Names that start something else than a resource of that type. */
const OTHER_ROOTS = ['module', 'path', 'terraform', 'count', 'each', 'ephemeral'];

/**
 * Reads a string of Terraform's JSON syntax, which is a template: `${` opens an expression, `$${` stands for `${`.
 *
 * @throws Error with one sentence that quotes what can't be read
 */
export function parseTemplate(text: string): Expression {
  return new Parser(text).template();
}

class Parser {
  private at = 0;

  constructor(private readonly text: string) {}

  /** The whole text as a template: a lone expression keeps its type, anything else is a string. */
  template(): Expression {
    const parts = this.parts(() => this.at >= this.text.length, false);
    const [only] = parts;
    if (!only) return { kind: 'literal', value: '' };
    return parts.length === 1 ? only : { kind: 'template', parts };
  }

  private parts(ended: () => boolean, quoted: boolean): Expression[] {
    const parts: Expression[] = [];
    let literal = '';
    const flush = () => {
      // Terraform composes characters: two spellings of a letter are one string.
      if (literal) parts.push({ kind: 'literal', value: literal.normalize('NFC') });
      literal = '';
    };
    while (!ended()) {
      const [opening = ''] = this.match(/([$%])\1*\{/y) ?? [];
      if (opening.length > 2) {
        literal += opening.slice(1);
      } else if (opening === '${') {
        flush();
        parts.push(this.interpolation());
      } else if (opening) {
        throw this.error('template directives (%{) are not supported', 2);
      } else {
        literal += quoted ? this.quotedCharacter() : this.text[this.at++];
      }
    }
    flush();
    return parts;
  }

  private interpolation(): Expression {
    if (this.text[this.at] === '~') throw this.error('strip markers (${~) are not supported', 2);
    const expression = this.expression();
    this.expect('}');
    return expression;
  }

  private expression(): Expression {
    const condition = this.binary(0);
    if (!this.take('?')) return condition;
    const yes = this.expression();
    this.expect(':');
    return { kind: 'conditional', condition, yes, no: this.expression() };
  }

  private binary(level: number): Expression {
    const operators = PRECEDENCE[level];
    if (!operators) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = operators.find((candidate) => this.take(candidate));
      if (!operator) return left;
      left = { kind: 'binary', operator, left, right: this.binary(level + 1) };
    }
  }

  private unary(): Expression {
    if (this.take('!')) return { kind: 'not', operand: this.unary() };
    let value = this.primary();
    for (;;) {
      if (this.take('[')) {
        if (this.take('*')) throw this.error('splat expressions ([*]) are not supported', 1);
        value = { kind: 'index', of: value, key: this.expression() };
        this.expect(']');
      } else if (this.take('.')) {
        value = { kind: 'index', of: value, key: { kind: 'literal', value: this.name() } };
      } else {
        return value;
      }
    }
  }

  private primary(): Expression {
    this.space();
    if (this.take('(')) return this.until(')', this.expression());
    if (this.take('[')) return { kind: 'list', items: this.sequence(']', () => this.expression()) };
    if (this.take('{')) return { kind: 'object', entries: this.sequence('}', () => this.entry()) };
    if (this.take('"')) return this.quoted();
    const number = this.match(/\d+(\.\d+)?([eE][+-]?\d+)?/y);
    if (number) return { kind: 'literal', value: Number(number[0]) };
    return this.named();
  }

  private quoted(): Expression {
    const parts = this.parts(() => this.text[this.at] === '"' || this.at >= this.text.length, true);
    this.expect('"');
    if (parts.length === 1 && parts[0]?.kind === 'literal') return parts[0];
    return { kind: 'template', parts };
  }

  private quotedCharacter(): string {
    const character = this.text[this.at++] ?? '';
    if (character === '\n') throw this.error('a quoted string ends with its line', 1);
    if (character !== '\\') return character;
    const code = this.match(/u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})/y);
    if (code) return String.fromCodePoint(Number.parseInt(code[1] ?? code[2] ?? '', 16));
    const escaped = ESCAPES[this.text[this.at] ?? ''];
    if (escaped === undefined) throw this.error('unknown escape sequence', 1);
    this.at++;
    return escaped;
  }

  private entry(): readonly [Expression, Expression] {
    this.space();
    const name = this.match(/[\p{L}_][\p{L}\p{N}_-]*(?=\s*[=:])/uy);
    const key: Expression = name ? { kind: 'literal', value: name[0] } : this.expression();
    if (!this.take('=')) this.expect(':');
    return [key, this.expression()];
  }

  private named(): Expression {
    const name = this.name();
    if (this.take('(')) return { kind: 'call', name, args: this.sequence(')', () => this.expression()) };
    if (Object.hasOwn(CONSTANTS, name)) return { kind: 'literal', value: CONSTANTS[name] ?? null };
    if (OTHER_ROOTS.includes(name)) throw this.error(`references to ${name} are not supported`, name.length);
    const steps = name === 'self' ? 0 : name === 'data' ? 2 : 1;
    const address = [name];
    while (address.length <= steps) {
      if (!this.take('.')) throw this.error(`"${address.join('.')}" names nothing`, 0);
      address.push(this.name());
    }
    const hasAttributes = name !== 'var' && name !== 'local';
    const attribute = hasAttributes && this.take('.') ? this.name() : undefined;
    return { kind: 'reference', reference: { address: address.join('.'), attribute } };
  }

  private sequence<T>(end: string, item: () => T): T[] {
    const items: T[] = [];
    while (!this.take(end)) {
      items.push(item());
      if (!this.take(',')) return this.until(end, items);
    }
    return items;
  }

  private until<T>(end: string, value: T): T {
    this.expect(end);
    return value;
  }

  private name(): string {
    this.space();
    const name = this.match(/[\p{L}_][\p{L}\p{N}_-]*/uy);
    if (!name) throw this.error('something else was expected', 0);
    return name[0];
  }

  private expect(token: string): void {
    if (!this.take(token)) throw this.error(`"${token}" was expected`, 0);
  }

  private take(token: string): boolean {
    this.space();
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  private space(): void {
    this.match(/[ \t\r\n]*/y);
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at += found[0].length;
    return found;
  }

  private error(problem: string, back: number): Error {
    const rest = this.text.slice(this.at - back);
    return new Error(`${problem} at ${rest ? JSON.stringify(rest.slice(0, 30)) : 'the end'}`);
  }
}
