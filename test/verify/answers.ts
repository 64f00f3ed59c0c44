import * as v from 'valibot';

/** The body of an answer: JSON, or only what kind of thing it was. */
export type RawBody =
  | { kind: 'json'; value: unknown }
  /** The browser came back to the handler with these parameters, in their order. */
  | { kind: 'arrival'; params: readonly (readonly [string, string])[] }
  /** HTML, other text, an empty body, or a browser that did not come back. */
  | { kind: 'html' | 'text' | 'empty' | 'nobody' };

/** An answer as it came, with everything that must not be written down. */
export interface RawAnswer {
  /** null for a browser that came back: its answer was seen by the browser only. */
  status: number | null;
  headers: Headers;
  body: RawBody;
}

const JsonObject = v.record(v.string(), v.unknown());

/** Returns the members of an answer's JSON object, or an empty object. */
export function membersOf(answer: RawAnswer): Record<string, unknown> {
  const { body } = answer;
  const parsed = body.kind === 'json' ? v.safeParse(JsonObject, body.value) : undefined;
  return parsed?.success === true && !Array.isArray(parsed.output) ? parsed.output : {};
}

/** Returns `result` as an object; empty for a refusal and for results of other types. */
export function resultOf(answer: RawAnswer): Record<string, unknown> {
  const parsed = v.safeParse(JsonObject, membersOf(answer)['result']);
  return parsed.success ? parsed.output : {};
}

/** Returns a parameter with which the browser came back. */
export function arrivedWith(answer: RawAnswer, name: string): string | undefined {
  const { body } = answer;
  return body.kind === 'arrival' ? body.params.find(([key]) => key === name)?.[1] : undefined;
}

const Tokens = v.object({
  access_token: v.pipe(v.string(), v.nonEmpty()),
  refresh_token: v.pipe(v.string(), v.nonEmpty()),
  client_endpoint: v.pipe(v.string(), v.url()),
  user_id: v.exactOptional(v.union([v.number(), v.pipe(v.string(), v.toNumber())])),
});
export type Tokens = v.InferOutput<typeof Tokens>;

/** Returns the tokens of an answer; undefined for a refusal, which may come with status 200. */
export function tokensOf(answer: RawAnswer): Tokens | undefined {
  const parsed = v.safeParse(Tokens, membersOf(answer));
  return parsed.success ? parsed.output : undefined;
}

/** Sends one request without following redirects, and gives up after half a minute. */
export async function exchange(
  url: URL,
  init: { method: 'GET' | 'POST'; headers?: Record<string, string>; body?: string },
): Promise<RawAnswer> {
  const response = await fetch(url, {
    ...init,
    redirect: 'manual',
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: bodyOf(text) };
}

function bodyOf(text: string): RawBody {
  if (text.trim() === '') {
    return { kind: 'empty' };
  }
  try {
    return { kind: 'json', value: JSON.parse(text) as unknown };
  } catch {
    return { kind: /^\s*</.test(text) ? 'html' : 'text' };
  }
}
