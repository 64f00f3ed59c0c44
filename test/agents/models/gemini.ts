import * as v from 'valibot';
import { modelServer } from './modelServer';
import type { ModelServer } from './modelServer';
import { newScript } from './script';

const part = v.looseObject({
  text: v.optional(v.string()),
  functionCall: v.optional(v.looseObject({ name: v.string() })),
  functionResponse: v.optional(v.looseObject({})),
});
const request = v.looseObject({
  contents: v.array(v.looseObject({ role: v.optional(v.string()), parts: v.array(part) })),
  tools: v.optional(
    v.array(
      v.looseObject({
        functionDeclarations: v.optional(v.array(v.looseObject({ name: v.string() }))),
      }),
    ),
  ),
  generationConfig: v.optional(v.looseObject({ responseMimeType: v.optional(v.string()) })),
});
type Content = v.InferOutput<typeof request>['contents'][number];

const textOf = ({ parts }: Content) =>
  parts
    .map(({ text }) => text ?? '')
    .join('\n')
    .trim();
const isResult = ({ parts }: Content) => parts.some(({ functionResponse }) => functionResponse);

/** What the router, and the check for who speaks next, want to know. */
const verdict = {
  ...{ reasoning: 'x', complexity_reasoning: 'x', complexity_score: 10 },
  ...{ model_choice: 'flash', next_speaker: 'user' },
};

/** Google's generateContent. */
export function geminiModel(): Promise<ModelServer> {
  const replyTo = newScript();
  return modelServer(({ url = '' }, body, out) => {
    if (url.includes('countTokens')) {
      out.json({ totalTokens: 10 });
      return;
    }
    if (!url.includes('enerateContent')) {
      out.json({}, 404);
      return;
    }
    const { contents, tools = [], generationConfig } = v.parse(request, body);
    const start = contents.findLastIndex(
      (one) => one.role === 'user' && !isResult(one) && textOf(one) !== '',
    );
    const last = contents.at(-1);
    const reply = replyTo({
      prompt: start < 0 ? '' : textOf(contents[start]!),
      isAfterTool: last !== undefined && isResult(last),
      tools: tools.flatMap((one) => (one.functionDeclarations ?? []).map(({ name }) => name)),
      called: contents
        .slice(start)
        .flatMap(({ parts }) => parts.flatMap((one) => one.functionCall?.name ?? [])),
    });
    if (reply.kind === 'error') {
      const error = {
        code: reply.status,
        message: 'The script says so.',
        status: 'INVALID_ARGUMENT',
      };
      out.json({ error }, reply.status);
      return;
    }
    const said =
      reply.kind === 'tools'
        ? reply.calls.map(({ name, input }) => ({ functionCall: { name, args: input } }))
        : [{ text: reply.text }];
    const isVerdict = generationConfig?.responseMimeType === 'application/json';
    const parts = isVerdict ? [{ text: JSON.stringify(verdict) }] : said;
    const answer = {
      candidates: [{ index: 0, content: { role: 'model', parts }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
      modelVersion: 'fake',
    };
    if (url.includes('stream')) {
      out.stream([{ data: answer }]);
    } else {
      out.json(answer);
    }
  });
}
