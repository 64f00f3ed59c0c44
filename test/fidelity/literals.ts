import ts from 'typescript';

/** A text that the syntax tells; null where it is null, undefined or known only when the program runs. */
export type Resolved = string | null;

/**
 * Reads the texts that an expression can have: those of both branches of a condition, of a constant, of a variable
 * that is taken out of an object with a default. A part that is known only when the program runs becomes `…`.
 */
export function textsOf(node: ts.Expression): Resolved[] {
  const bare = unwrapped(node);
  if (ts.isStringLiteralLike(bare)) {
    return [bare.text];
  }
  if (ts.isTemplateExpression(bare)) {
    return [templateText(bare)];
  }
  if (ts.isConditionalExpression(bare)) {
    return [...textsOf(bare.whenTrue), ...textsOf(bare.whenFalse)];
  }
  if (ts.isIdentifier(bare)) {
    const value = valueOf(bare);
    return value === undefined ? [null] : textsOf(value);
  }
  return [null];
}

function templateText(node: ts.TemplateExpression): string {
  return node.templateSpans.reduce((text, { expression, literal }) => {
    const [only, ...more] = textsOf(expression);
    return `${text}${more.length === 0 ? (only ?? '…') : '…'}${literal.text}`;
  }, node.head.text);
}

const OPERATIONS: ReadonlyMap<ts.SyntaxKind, (a: number, b: number) => number> = new Map([
  [ts.SyntaxKind.PlusToken, (a: number, b: number) => a + b],
  [ts.SyntaxKind.MinusToken, (a: number, b: number) => a - b],
  [ts.SyntaxKind.AsteriskToken, (a: number, b: number) => a * b],
  [ts.SyntaxKind.SlashToken, (a: number, b: number) => a / b],
  [ts.SyntaxKind.AsteriskAsteriskToken, (a: number, b: number) => a ** b],
]);

/** Calculates an expression of numbers and named numbers; undefined for any other expression. */
export function numberOf(node: ts.Expression): number | undefined {
  const bare = unwrapped(node);
  if (ts.isNumericLiteral(bare)) {
    return Number(bare.text);
  }
  if (ts.isBinaryExpression(bare)) {
    const [left, right] = [numberOf(bare.left), numberOf(bare.right)];
    const operation = OPERATIONS.get(bare.operatorToken.kind);
    return left === undefined || right === undefined ? undefined : operation?.(left, right);
  }
  if (ts.isIdentifier(bare)) {
    const value = valueOf(bare);
    return value === undefined ? undefined : numberOf(value);
  }
  return undefined;
}

/** @returns true if it is written as null or undefined. */
export function isNothing(node: ts.Expression): boolean {
  const bare = unwrapped(node);
  return (
    bare.kind === ts.SyntaxKind.NullKeyword || (ts.isIdentifier(bare) && bare.text === 'undefined')
  );
}

function unwrapped(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node)
    ? unwrapped(node.expression)
    : node;
}

/** Finds what a constant of this file or an enclosing block is set to. */
function valueOf(name: ts.Identifier): ts.Expression | undefined {
  for (let scope: ts.Node = name.parent; ; scope = scope.parent) {
    if (
      ts.isFunctionLike(scope) &&
      scope.parameters.some((one) => one.name.getText() === name.text)
    ) {
      return undefined;
    }
    if (ts.isBlock(scope) || ts.isSourceFile(scope) || ts.isCaseClause(scope)) {
      const found = constantIn(scope.statements, name.text);
      if (found !== undefined) {
        return found.initializer;
      }
    }
    if (ts.isSourceFile(scope)) {
      return undefined;
    }
  }
}

/** @returns the declaration of a constant: by its name, or by its default where it is taken out of an object. */
function constantIn(
  statements: readonly ts.Statement[],
  name: string,
): ts.VariableDeclaration | ts.BindingElement | undefined {
  for (const statement of statements.filter(ts.isVariableStatement)) {
    for (const declaration of statement.declarationList.declarations) {
      if (ts.isIdentifier(declaration.name) && declaration.name.text === name) {
        return declaration;
      }
      if (ts.isObjectBindingPattern(declaration.name)) {
        const taken = declaration.name.elements.find((one) => one.name.getText() === name);
        if (taken !== undefined) {
          return taken;
        }
      }
    }
  }
  return undefined;
}
