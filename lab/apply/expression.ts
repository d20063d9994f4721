/** A part of Terraform's expression language: as much as synthesized stacks use. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: null | boolean | number | string }
  | { readonly kind: 'template'; readonly parts: readonly Expression[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'reference'; readonly reference: Reference }
  | { readonly kind: 'index'; readonly of: Expression; readonly key: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'conditional';
      readonly condition: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    };

export type BinaryOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '&&' | '||';

/** The start of a traversal: a variable, a local, a data source, a resource, or (in conditions) the resource itself. */
export interface Reference {
  /** As Terraform writes it: `var.x`, `local.x`, `data.type.name`, `type.name` or `self`. */
  readonly address: string;
  /** The attribute asked for first; none is the whole object. */
  readonly attribute?: string;
}

/** Every reference within an expression. */
export function references(expression: Expression): Reference[] {
  return expression.kind === 'reference'
    ? [expression.reference]
    : childrenOf(expression).flatMap(references);
}

/** The names of all functions that an expression calls. */
export function calls(expression: Expression): string[] {
  const own = expression.kind === 'call' ? [expression.name] : [];
  return [...own, ...childrenOf(expression).flatMap(calls)];
}

function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'reference':
      return [];
    case 'template':
      return expression.parts;
    case 'list':
      return expression.items;
    case 'object':
      return expression.entries.flat();
    case 'index':
      return [expression.of, expression.key];
    case 'call':
      return expression.args;
    case 'not':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'conditional':
      return [expression.condition, expression.yes, expression.no];
  }
}
