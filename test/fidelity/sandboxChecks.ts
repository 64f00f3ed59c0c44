import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { Makers } from './makers';
import { numberOf, textsOf, type Resolved } from './literals';

/** One check in the code of the sandbox: a refusal, a status, a limit, a lifetime, a method with its scopes. */
export interface Check {
  /**
   * Its file and what it says, e.g. `tokens.ts: LIFETIME.code = 30` or
   * `authorisation.ts: 401 | NO_AUTH_FOUND | Wrong authorization data`. A change of code, status, text or number
   * gives another name, so that whoever changes one looks at the entry again.
   */
  name: string;
  /** `FILE:LINE` of its first place. */
  place: string;
}

/**
 * Parts of the sandbox that make no claim about a portal: the look of its pages, whose scripts run in the browser,
 * and the generator of people.
 */
const WITHOUT_CHECKS = /^(?:page\/|generatedNames\.ts$|generatedStaff\.ts$)/;

/** Finds all checks of the sandbox in `folder`, from its syntax alone. */
export function sandboxChecks(folder: string): Check[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll(path.sep, '/'))
    .filter((name) => name.endsWith('.ts') && !WITHOUT_CHECKS.test(name))
    .sort();
  return checksIn(
    new Map(names.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')])),
  );
}

/** Finds all checks of these files. @param files text by name */
export function checksIn(files: ReadonlyMap<string, string>): Check[] {
  const parsed = [...files].map(([name, text]) =>
    ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true),
  );
  const makers = new Makers(parsed);
  return parsed.flatMap((file) => checksOf(file, makers));
}

/** A check that occurs several times in a file is one, with the number: `… ×2`. */
function checksOf(file: ts.SourceFile, makers: Makers): Check[] {
  const places = new Map<string, number[]>();
  const visit = (node: ts.Node) => {
    for (const text of saidBy(node, makers)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      places.set(text, [...(places.get(text) ?? []), line + 1]);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return Array.from(places, ([text, lines]) => ({
    name: `${file.fileName}: ${text}${lines.length > 1 ? ` ×${String(lines.length)}` : ''}`,
    place: `${file.fileName}:${String(lines[0])}`,
  }));
}

function saidBy(node: ts.Node, makers: Makers): string[] {
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
    return [...makers.refusalsBy(node), ...statusOf(node, makers), ...limitsIn(node, makers)];
  }
  if (ts.isObjectLiteralExpression(node)) {
    return [...makers.refusalsIn(node), ...methodsIn(node)];
  }
  if (ts.isReturnStatement(node)) {
    return problemsReturned(node);
  }
  if (ts.isVariableDeclaration(node)) {
    return constants(node);
  }
  if (ts.isBinaryExpression(node)) {
    return comparison(node);
  }
  if (ts.isPropertySignature(node)) {
    return reasons(node);
  }
  if (ts.isParameter(node) && node.name.getText() === 'status' && node.initializer) {
    return errorStatus(node.initializer);
  }
  return [];
}

/** A status from 300 on that is neither a success nor part of a refusal with a code. */
function statusOf(node: ts.CallExpression | ts.NewExpression, makers: Makers): string[] {
  const given = makers.plainStatusArgument(node);
  return given === undefined ? [] : errorStatus(given);
}

function errorStatus(node: ts.Expression): string[] {
  const status = numberOf(node);
  return status !== undefined && status >= 300 && status < 600 ? [`status ${String(status)}`] : [];
}

const LIMITS = new Set(['minValue', 'maxValue', 'minLength', 'maxLength']);

/** A limit of a schema, such as `v.maxLength(1000)`, or one that a class gets without a name: `new RateLimit(50, 2)`. */
function limitsIn(node: ts.CallExpression | ts.NewExpression, makers: Makers): string[] {
  const numbers = (node.arguments ?? []).map(numberOf).filter((number) => number !== undefined);
  if (!numbers.some((number) => number > 1)) {
    return [];
  }
  const limits = numbers.map(String).join(', ');
  if (ts.isNewExpression(node)) {
    const name = node.expression.getText();
    return makers.refuses(node) || /^(?:Uint|Int|Float)\d+Array$/.test(name)
      ? []
      : [`new ${name}(${limits})`];
  }
  const called = ts.isPropertyAccessExpression(node.expression) ? node.expression.name.text : '';
  return LIMITS.has(called) ? [`${called} ${limits}`] : [];
}

/** The methods of a table: `'user.get': { scopes: […], run }`. */
function methodsIn(node: ts.ObjectLiteralExpression): string[] {
  return node.properties.flatMap((property) => {
    if (!ts.isPropertyAssignment(property) || !ts.isObjectLiteralExpression(property.initializer)) {
      return [];
    }
    const members = property.initializer.properties;
    const named = (name: string) => members.find((member) => member.name?.getText() === name);
    const scopes = named('scopes');
    if (scopes === undefined || named('run') === undefined || !ts.isPropertyAssignment(scopes)) {
      return [];
    }
    const name = property.name.getText().replace(/^'|'$/g, '');
    return [`method ${name} (${scopesOf(scopes.initializer)})`];
  });
}

function scopesOf(node: ts.Expression): string {
  const list = ts.isIdentifier(node) ? constantNamed(node.text, node.getSourceFile()) : node;
  if (list === undefined || !ts.isArrayLiteralExpression(list)) {
    return list?.kind === ts.SyntaxKind.NullKeyword ? 'no scope' : node.getText();
  }
  return list.elements.map((one) => textsOf(one).map(shown).join('')).join(', ');
}

function constantNamed(name: string, file: ts.SourceFile): ts.Expression | undefined {
  return file.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .find((declaration) => declaration.name.getText() === name)?.initializer;
}

const shown = (text: Resolved) => text ?? '…';

/** A sentence that a function of the type `string | null` returns says what is wrong with its input. */
function problemsReturned(node: ts.ReturnStatement): string[] {
  const owner = ts.findAncestor(node, ts.isFunctionLike);
  const type = owner?.type?.getText().replace(/\s/g, '');
  if (type !== 'string|null' || node.expression === undefined) {
    return [];
  }
  return textsOf(node.expression)
    .filter((text) => text?.includes(' '))
    .map(shown);
}

/** Numbers that have a name in capitals at the top of a file, also within an object. */
function constants(node: ts.VariableDeclaration): string[] {
  const isTop = ts.isSourceFile(node.parent.parent.parent);
  const name = node.name.getText();
  return isTop && /^[A-Z][A-Z0-9_]+$/.test(name) && node.initializer !== undefined
    ? numbersIn(name, node.initializer)
    : [];
}

function numbersIn(name: string, node: ts.Expression): string[] {
  if (ts.isObjectLiteralExpression(node)) {
    return node.properties.flatMap((property) => {
      if (!ts.isPropertyAssignment(property)) {
        return [];
      }
      const key = property.name.getText().replace(/^'|'$/g, '');
      return numbersIn(
        `${name}${/^\w+$/.test(key) ? `.${key}` : `[${key}]`}`,
        property.initializer,
      );
    });
  }
  const number = numberOf(node);
  return number === undefined ? [] : [`${name} = ${String(number)}`];
}

const RELATIONS: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.LessThanToken, '<'],
  [ts.SyntaxKind.LessThanEqualsToken, '<='],
  [ts.SyntaxKind.GreaterThanToken, '>'],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>='],
]);

/** A comparison with a number above 1 that has no name. */
function comparison(node: ts.BinaryExpression): string[] {
  const relation = RELATIONS.get(node.operatorToken.kind);
  const { right } = node;
  return relation !== undefined && ts.isNumericLiteral(right) && Number(right.text) > 1
    ? [`compares: ${relation} ${right.text}`]
    : [];
}

/** The reasons for which a push reaches nobody: a union of texts called `reason`. */
function reasons(node: ts.PropertySignature): string[] {
  if (node.name.getText() !== 'reason' || node.type === undefined) {
    return [];
  }
  const members = ts.isUnionTypeNode(node.type) ? [...node.type.types] : [node.type];
  return members.flatMap((member) =>
    ts.isLiteralTypeNode(member) && ts.isStringLiteral(member.literal)
      ? [`reason ${member.literal.text}`]
      : [],
  );
}
