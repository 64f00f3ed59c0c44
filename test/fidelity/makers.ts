import ts from 'typescript';
import { isNothing, numberOf, textsOf } from './literals';

/** Places of the parameters of a function or class by what they are. */
interface Roles {
  code?: number;
  text?: number;
  status?: number;
  /** The status where the call gives none. */
  defaultStatus?: ts.Expression;
}

const CODES = ['code', 'error'];
const TEXTS = ['description', 'text', 'message'];

/**
 * Knows how the files refuse. A function that puts one of its parameters into the property `error` of an answer, and
 * a class of errors, make refusals: each call of one is a check. So is each object with a written `error`.
 */
export class Makers {
  /** Functions that make refusals; the key is file and name, and the name alone for what is exported. */
  readonly #refusing = new Map<string, Roles>();
  /** Functions that take a status and make answers. */
  readonly #answering = new Map<string, Roles>();

  constructor(files: readonly ts.SourceFile[]) {
    const errors = errorClasses(files);
    for (const file of files) {
      const visit = (node: ts.Node) => {
        if (ts.isClassDeclaration(node) && node.name !== undefined && errors.has(node.name.text)) {
          this.#refusing.set(node.name.text, rolesOf(constructorOf(node)));
        } else if (ts.isFunctionDeclaration(node) || ts.isArrowFunction(node)) {
          this.#learn(node, file);
        }
        ts.forEachChild(node, visit);
      };
      visit(file);
    }
  }

  #learn(node: ts.FunctionDeclaration | ts.ArrowFunction, file: ts.SourceFile): void {
    const name = nameOf(node);
    if (name === undefined) {
      return;
    }
    const roles = rolesOf(node.parameters);
    const key =
      ts.isFunctionDeclaration(node) && isExported(node) ? name : `${file.fileName} ${name}`;
    if (roles.code !== undefined && answersWith(node, node.parameters[roles.code])) {
      this.#refusing.set(key, roles);
    } else if (roles.status !== undefined) {
      this.#answering.set(key, roles);
    }
  }

  /** @returns true if the call or `new` makes a refusal. */
  refuses(node: ts.CallExpression | ts.NewExpression): boolean {
    return rolesFor(this.#refusing, node) !== undefined;
  }

  /** The refusals that a call or `new` makes, as `STATUS | CODE | TEXT`. */
  refusalsBy(node: ts.CallExpression | ts.NewExpression): string[] {
    const roles = rolesFor(this.#refusing, node);
    if (roles === undefined) {
      return [];
    }
    const given = node.arguments ?? [];
    const at = (place: number | undefined) => (place === undefined ? undefined : given[place]);
    if (given.length === 0) {
      return [node.expression.getText()];
    }
    const code = at(roles.code);
    const status = at(roles.status) ?? roles.defaultStatus;
    const text = at(roles.text);
    if (code !== undefined && isNothing(code)) {
      return (text === undefined ? [] : textsOf(text)).flatMap((one) => one || []);
    }
    if (code !== undefined && ts.isPropertyAccessExpression(code)) {
      // It passes on what was counted where it was made.
      return [];
    }
    return refusals(status, code, text);
  }

  /** The refusals in an object with a written `error`, such as `{ error: 'X', error_description: 'Why' }`. */
  refusalsIn(node: ts.ObjectLiteralExpression): string[] {
    // An object with `reply` is the line of the log beside the answer.
    const error = memberOf(node, 'error');
    if (error === undefined || isNothing(error) || memberOf(node, 'reply') !== undefined) {
      return [];
    }
    if (isPartOfMaker(node, error) || ts.isNewExpression(error)) {
      return [];
    }
    const status = this.#statusAround(node);
    if (ts.isObjectLiteralExpression(error)) {
      return refusals(status, memberOf(error, 'code'), memberOf(error, 'message'));
    }
    const text = memberOf(node, 'error_description');
    // Without a written code, status or description it is no answer, but a schema or a view.
    const isAnswer = status !== undefined || text !== undefined || !textsOf(error).includes(null);
    return isAnswer ? refusals(status, error, text) : [];
  }

  /** The status that a call gives to an answer that holds no written `error`. */
  plainStatusArgument(node: ts.CallExpression | ts.NewExpression): ts.Expression | undefined {
    const place = rolesFor(this.#answering, node)?.status;
    const given = node.arguments ?? [];
    const hasError = given.some(
      (one) => ts.isObjectLiteralExpression(one) && this.refusalsIn(one).length > 0,
    );
    return place === undefined || hasError ? undefined : given[place];
  }

  #statusAround(node: ts.ObjectLiteralExpression): ts.Expression | undefined {
    const { parent } = node;
    if (!ts.isCallExpression(parent)) {
      return undefined;
    }
    const place = rolesFor(this.#answering, parent)?.status;
    return place === undefined ? undefined : parent.arguments[place];
  }
}

function refusals(
  status: ts.Expression | undefined,
  code: ts.Expression | undefined,
  text: ts.Expression | undefined,
): string[] {
  const codes = code === undefined ? [] : textsOf(code).map((one) => one ?? dynamic(code));
  const texts = text === undefined ? [] : textsOf(text).map((one) => one ?? dynamic(text));
  const shownStatus = status === undefined ? [] : [String(numberOf(status) ?? dynamic(status))];
  return (codes.length === 0 ? [undefined] : codes).flatMap((one) =>
    (texts.length === 0 ? [''] : texts).map((words) =>
      [...shownStatus, one, words].filter((part) => part !== undefined && part !== '').join(' | '),
    ),
  );
}

const dynamic = (node: ts.Expression) => `{${node.getText()}}`;

function rolesFor(
  known: ReadonlyMap<string, Roles>,
  node: ts.CallExpression | ts.NewExpression,
): Roles | undefined {
  if (!ts.isIdentifier(node.expression)) {
    return undefined;
  }
  const { text } = node.expression;
  return known.get(`${node.getSourceFile().fileName} ${text}`) ?? known.get(text);
}

function rolesOf(parameters: readonly ts.ParameterDeclaration[]): Roles {
  const placeOf = (names: readonly string[]) =>
    parameters.findIndex(({ name }) => names.includes(name.getText()));
  const [code, text, status] = [placeOf(CODES), placeOf(TEXTS), placeOf(['status'])];
  const defaultStatus = parameters[status]?.initializer;
  return {
    ...(code < 0 ? {} : { code }),
    ...(text < 0 ? {} : { text }),
    ...(status < 0 ? {} : { status }),
    ...(defaultStatus === undefined ? {} : { defaultStatus }),
  };
}

/** Names of the classes that extend Error, directly or not. */
function errorClasses(files: readonly ts.SourceFile[]): ReadonlySet<string> {
  const parents = new Map<string, string>();
  for (const file of files) {
    for (const node of file.statements.filter(ts.isClassDeclaration)) {
      const parent = node.heritageClauses?.[0]?.types[0]?.expression.getText();
      if (node.name !== undefined && parent !== undefined) {
        parents.set(node.name.text, parent);
      }
    }
  }
  const isError = (name: string | undefined): boolean =>
    name === 'Error' || (name !== undefined && isError(parents.get(name)));
  return new Set([...parents.keys()].filter(isError));
}

/** The parameters of a class's constructor; without one of its own, those of Error. */
function constructorOf(node: ts.ClassDeclaration): readonly ts.ParameterDeclaration[] {
  return node.members.find(ts.isConstructorDeclaration)?.parameters ?? ERROR_PARAMETERS;
}

const ERROR_PARAMETERS = ts
  .createSourceFile('', 'function f(message) {}', ts.ScriptTarget.Latest, true)
  .statements.filter(ts.isFunctionDeclaration)
  .flatMap(({ parameters }) => [...parameters]);

function nameOf(node: ts.FunctionDeclaration | ts.ArrowFunction): string | undefined {
  if (ts.isFunctionDeclaration(node)) {
    return node.name?.text;
  }
  return ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : undefined;
}

const isExported = (node: ts.FunctionDeclaration) =>
  node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;

/** @returns true if the function puts this parameter into the property `error` of an object. */
function answersWith(
  owner: ts.FunctionDeclaration | ts.ArrowFunction,
  parameter: ts.ParameterDeclaration | undefined,
): boolean {
  const name = parameter?.name.getText();
  let found = false;
  const visit = (node: ts.Node) => {
    if (ts.isObjectLiteralExpression(node)) {
      const error = memberOf(node, 'error');
      found ||= error !== undefined && ts.isIdentifier(error) && error.text === name;
    }
    ts.forEachChild(node, visit);
  };
  visit(owner);
  return found;
}

/** @returns true if `error` is a parameter of the function around, whose calls count, or a field of an error's class. */
function isPartOfMaker(node: ts.Node, error: ts.Expression): boolean {
  if (ts.isPropertyAccessExpression(error)) {
    return error.expression.kind === ts.SyntaxKind.ThisKeyword;
  }
  if (!ts.isIdentifier(error)) {
    return false;
  }
  const owner = ts.findAncestor(
    node,
    (one): one is ts.SignatureDeclaration =>
      ts.isFunctionLike(one) && one.parameters.some(({ name }) => name.getText() === error.text),
  );
  return owner !== undefined;
}

/** The value of a property; for `{ error }` the name itself. */
function memberOf(node: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  for (const property of node.properties) {
    if (property.name?.getText() !== name) {
      continue;
    }
    if (ts.isShorthandPropertyAssignment(property)) {
      return property.name;
    }
    if (ts.isPropertyAssignment(property)) {
      return property.initializer;
    }
  }
  return undefined;
}
