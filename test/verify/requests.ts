import * as v from 'valibot';

/**
 * A request as a recording holds it. Everything that belongs to one portal or one person stands in it as a
 * variable such as `{{access_token}}`, so that the same request can be sent to a real portal and to a sandbox.
 */
const Texts = v.record(v.string(), v.string());

export const RequestSchema = v.variant('to', [
  /** The browser's way over PORTAL/oauth/authorize/ back to the application's handler. */
  v.strictObject({ to: v.literal('signIn'), params: Texts }),
  /** AUTHSERVER/oauth/token/, as a form in the body or as a query. */
  v.strictObject({ to: v.literal('token'), http: v.picklist(['GET', 'POST']), params: Texts }),
  /** AUTHSERVER/rest/METHOD, as a form in the body. */
  v.strictObject({ to: v.literal('authServer'), method: v.string(), params: Texts }),
  /** PORTAL/rest/METHOD, as JSON in the body. */
  v.strictObject({
    to: v.literal('portal'),
    method: v.pipe(v.string(), v.regex(/^[a-z0-9._]+$/i)),
    params: v.record(v.string(), v.unknown()),
  }),
]);

export type RequestTemplate = v.InferOutput<typeof RequestSchema>;

/** What the variables of a request stand for on one side. */
export type Variables = ReadonlyMap<string, string | number>;

/**
 * Puts values in place of all variables, also within lists and objects. A text that is nothing but a variable
 * becomes its value, with the type of the value.
 * @throws Error for a variable without a value.
 */
export function fill(template: unknown, variables: Variables): unknown {
  if (typeof template === 'string') {
    const whole = /^\{\{(\w+)\}\}$/.exec(template)?.[1];
    return whole === undefined ? fillText(template, variables) : valueOf(whole, variables);
  }
  if (Array.isArray(template)) {
    return template.map((item) => fill(item, variables));
  }
  if (typeof template === 'object' && template !== null) {
    return Object.fromEntries(
      Object.entries(template).map(([key, value]) => [key, fill(value, variables)]),
    );
  }
  return template;
}

/** Puts values in place of the variables of a form or query. */
export function fillTexts(
  texts: Readonly<Record<string, string>>,
  variables: Variables,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, fillText(text, variables)]),
  );
}

function fillText(text: string, variables: Variables): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(valueOf(name, variables)));
}

function valueOf(name: string, variables: Variables): string | number {
  const value = variables.get(name);
  if (value === undefined) {
    throw new Error(`The request needs ${name}, which no answer has given yet.`);
  }
  return value;
}
